-- Made by `npm run db:dump` from the migrations. Do not edit.

create table account_features (
  account_id uuid not null,
  name text not null,
  created_at timestamp with time zone not null default now(),
  constraint account_features_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint account_features_pkey PRIMARY KEY (account_id, name)
);

create table account_links (
  account_id uuid not null,
  kind text not null,
  token_hash bytea not null,
  expires_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  constraint account_links_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint account_links_kind_check CHECK ((kind = ANY (ARRAY['setup'::text, 'reset'::text]))),
  constraint account_links_pkey PRIMARY KEY (account_id, kind),
  constraint account_links_token_hash_key UNIQUE (token_hash)
);

create table accounts (
  id uuid not null default gen_random_uuid(),
  email text not null,
  name text,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  password_hash text,
  two_factor boolean not null default false,
  last_login_at timestamp with time zone,
  constraint accounts_email_check CHECK ((email ~ '^[^@[:space:]]+@[^@[:space:]]+$'::text)),
  constraint accounts_pkey PRIMARY KEY (id)
);
CREATE TRIGGER accounts_give_grants AFTER INSERT ON public.accounts FOR EACH ROW EXECUTE FUNCTION give_grants();
CREATE UNIQUE INDEX accounts_email_key ON public.accounts USING btree (lower(email));

create table add_on_attachments (
  id uuid not null default gen_random_uuid(),
  add_on_id uuid not null,
  app_id uuid not null,
  name text not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint add_on_attachments_add_on_id_fkey FOREIGN KEY (add_on_id) REFERENCES add_ons(id) ON DELETE CASCADE,
  constraint add_on_attachments_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps(id) ON DELETE CASCADE,
  constraint add_on_attachments_name_check CHECK ((name ~ '^[A-Z][A-Z0-9_]*$'::text)),
  constraint add_on_attachments_name_key UNIQUE (app_id, name),
  constraint add_on_attachments_pkey PRIMARY KEY (id)
);
CREATE INDEX add_on_attachments_add_on_id ON public.add_on_attachments USING btree (add_on_id);

create table add_ons (
  id uuid not null default gen_random_uuid(),
  app_id uuid not null,
  name text not null,
  service text not null,
  plan text not null,
  state text not null,
  sealed_credentials text,
  created_by uuid,
  created_by_name text not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint add_ons_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps(id),
  constraint add_ons_created_by_fkey FOREIGN KEY (created_by) REFERENCES accounts(id),
  constraint add_ons_pkey PRIMARY KEY (id),
  constraint add_ons_state_check CHECK ((state = ANY (ARRAY['provisioning'::text, 'provisioned'::text, 'deprovisioned'::text])))
);
CREATE INDEX add_ons_app_id ON public.add_ons USING btree (app_id);
CREATE TRIGGER add_ons_notify AFTER INSERT OR UPDATE ON public.add_ons FOR EACH ROW EXECUTE FUNCTION notify_add_on();
CREATE UNIQUE INDEX add_ons_name_key ON public.add_ons USING btree (name) WHERE (state <> 'deprovisioned'::text);

create table app_features (
  app_id uuid not null,
  name text not null,
  enabled boolean not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint app_features_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps(id) ON DELETE CASCADE,
  constraint app_features_pkey PRIMARY KEY (app_id, name)
);
CREATE TRIGGER app_features_changed AFTER INSERT OR DELETE OR UPDATE ON public.app_features FOR EACH ROW EXECUTE FUNCTION traffic_changed();
CREATE TRIGGER app_features_feed AFTER INSERT OR DELETE OR UPDATE ON public.app_features FOR EACH ROW EXECUTE FUNCTION feed_marks();

create table app_names (
  name text not null,
  team_id uuid not null,
  constraint app_names_pkey PRIMARY KEY (name),
  constraint app_names_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams(id)
);

create table app_routes (
  app_id uuid not null,
  feed_number bigint not null,
  constraint app_routes_pkey PRIMARY KEY (app_id)
);
CREATE INDEX app_routes_feed_number ON public.app_routes USING btree (feed_number);

create table app_traffic (
  app_id uuid not null,
  https_only boolean not null default false,
  request_limit integer,
  drain_limit_ms integer,
  auth_user text,
  auth_salt text,
  auth_hash text,
  updated_at timestamp with time zone not null default now(),
  constraint app_traffic_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps(id) ON DELETE CASCADE,
  constraint app_traffic_check CHECK ((num_nulls(auth_user, auth_salt, auth_hash) = ANY (ARRAY[0, 3]))),
  constraint app_traffic_drain_limit_ms_check CHECK (((drain_limit_ms >= 1000) AND (drain_limit_ms <= 600000))),
  constraint app_traffic_pkey PRIMARY KEY (app_id),
  constraint app_traffic_request_limit_check CHECK (((request_limit >= 1) AND (request_limit <= 100000)))
);
CREATE TRIGGER app_traffic_changed AFTER INSERT OR DELETE OR UPDATE ON public.app_traffic FOR EACH ROW EXECUTE FUNCTION traffic_changed();

create table app_transfers (
  id uuid not null default gen_random_uuid(),
  app_id uuid not null,
  sender_id uuid not null,
  recipient_email text not null,
  state text not null default 'pending'::text,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint app_transfers_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps(id) ON DELETE CASCADE,
  constraint app_transfers_pkey PRIMARY KEY (id),
  constraint app_transfers_recipient_email_check CHECK ((recipient_email = lower(recipient_email))),
  constraint app_transfers_sender_id_fkey FOREIGN KEY (sender_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint app_transfers_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'accepted'::text, 'declined'::text])))
);
CREATE INDEX app_transfers_recipient ON public.app_transfers USING btree (recipient_email);
CREATE INDEX app_transfers_sender_id ON public.app_transfers USING btree (sender_id);
CREATE UNIQUE INDEX app_transfers_one_pending ON public.app_transfers USING btree (app_id) WHERE (state = 'pending'::text);

create table approval_requests (
  id uuid not null default gen_random_uuid(),
  pipeline_id uuid not null,
  app_id uuid not null,
  digest text not null,
  source_app_id uuid not null,
  source_release_id uuid not null,
  requested_by uuid,
  requested_by_name text not null,
  expires_at timestamp with time zone not null,
  withdrawn_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  reason text,
  refused_by uuid,
  refused_by_name text,
  refusal text,
  constraint approval_requests_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps(id) ON DELETE CASCADE,
  constraint approval_requests_pipeline_id_fkey FOREIGN KEY (pipeline_id) REFERENCES pipelines(id) ON DELETE CASCADE,
  constraint approval_requests_pkey PRIMARY KEY (id),
  constraint approval_requests_refused CHECK (((refused_by_name IS NULL) OR (withdrawn_at IS NOT NULL))),
  constraint approval_requests_refused_by_fkey FOREIGN KEY (refused_by) REFERENCES accounts(id),
  constraint approval_requests_requested_by_fkey FOREIGN KEY (requested_by) REFERENCES accounts(id),
  constraint approval_requests_source_app_id_fkey FOREIGN KEY (source_app_id) REFERENCES apps(id),
  constraint approval_requests_source_release_id_fkey FOREIGN KEY (source_release_id) REFERENCES releases(id)
);
CREATE INDEX approval_requests_app_id ON public.approval_requests USING btree (app_id, digest);
CREATE INDEX approval_requests_pipeline_id ON public.approval_requests USING btree (pipeline_id, created_at);
CREATE UNIQUE INDEX approval_requests_one_open ON public.approval_requests USING btree (app_id, digest) WHERE (withdrawn_at IS NULL);

create table approvals (
  id uuid not null default gen_random_uuid(),
  request_id uuid not null,
  account_id uuid not null,
  account_name text not null,
  created_at timestamp with time zone not null default now(),
  constraint approvals_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint approvals_account_key UNIQUE (request_id, account_id),
  constraint approvals_pkey PRIMARY KEY (id),
  constraint approvals_request_id_fkey FOREIGN KEY (request_id) REFERENCES approval_requests(id) ON DELETE CASCADE
);

create table apps (
  id uuid not null default gen_random_uuid(),
  name text not null,
  team_id uuid not null,
  created_by uuid,
  stack text not null default 'heroku-24'::text,
  build_stack text not null default 'heroku-24'::text,
  maintenance boolean not null default false,
  last_release_version integer not null default 0,
  config_snapshot_id uuid,
  released_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  destroyed_at timestamp with time zone,
  locked boolean not null default false,
  deploys_overlap boolean not null default true,
  constraint apps_config_snapshot_id_fkey FOREIGN KEY (config_snapshot_id) REFERENCES config_snapshots(id) DEFERRABLE INITIALLY DEFERRED,
  constraint apps_created_by_fkey FOREIGN KEY (created_by) REFERENCES accounts(id),
  constraint apps_name_check CHECK ((name ~ '^[a-z][a-z0-9-]{1,28}[a-z0-9]$'::text)),
  constraint apps_pkey PRIMARY KEY (id),
  constraint apps_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams(id)
);
CREATE INDEX apps_team_id ON public.apps USING btree (team_id) WHERE (destroyed_at IS NULL);
CREATE TRIGGER apps_change_hands AFTER UPDATE OF team_id, destroyed_at ON public.apps FOR EACH ROW WHEN (((old.team_id <> new.team_id) OR ((old.destroyed_at IS NULL) AND (new.destroyed_at IS NOT NULL)))) EXECUTE FUNCTION revoke_deploy_tokens_of_bound();
CREATE TRIGGER apps_drop_certificates AFTER UPDATE OF destroyed_at ON public.apps FOR EACH ROW WHEN (((old.destroyed_at IS NULL) AND (new.destroyed_at IS NOT NULL))) EXECUTE FUNCTION drop_certificates();
CREATE TRIGGER apps_end_builds AFTER UPDATE OF destroyed_at ON public.apps FOR EACH ROW WHEN (((old.destroyed_at IS NULL) AND (new.destroyed_at IS NOT NULL))) EXECUTE FUNCTION end_builds();
CREATE TRIGGER apps_keep_name AFTER INSERT OR UPDATE OF name, team_id ON public.apps FOR EACH ROW EXECUTE FUNCTION keep_app_name();
CREATE TRIGGER apps_notify_access AFTER UPDATE OF team_id, locked, destroyed_at ON public.apps FOR EACH STATEMENT EXECUTE FUNCTION notify_access();
CREATE TRIGGER apps_pages_changed AFTER UPDATE OF config_snapshot_id ON public.apps FOR EACH ROW WHEN ((old.config_snapshot_id IS DISTINCT FROM new.config_snapshot_id)) EXECUTE FUNCTION pages_changed();
CREATE TRIGGER apps_route_changed AFTER UPDATE OF name, maintenance, destroyed_at ON public.apps FOR EACH ROW WHEN ((((old.name IS DISTINCT FROM new.name) OR (old.maintenance IS DISTINCT FROM new.maintenance)) OR (old.destroyed_at IS DISTINCT FROM new.destroyed_at))) EXECUTE FUNCTION app_route_changed();
CREATE TRIGGER apps_team_lives BEFORE INSERT OR UPDATE OF team_id ON public.apps FOR EACH ROW EXECUTE FUNCTION check_team_lives();
CREATE TRIGGER apps_uncouple AFTER UPDATE OF destroyed_at ON public.apps FOR EACH ROW WHEN (((old.destroyed_at IS NULL) AND (new.destroyed_at IS NOT NULL))) EXECUTE FUNCTION uncouple_app();
CREATE UNIQUE INDEX apps_name_key ON public.apps USING btree (name) WHERE (destroyed_at IS NULL);

create table authorizations (
  id uuid not null default gen_random_uuid(),
  account_id uuid not null,
  description text,
  scope text[] not null default '{global}'::text[],
  token_hash bytea not null,
  token_hint text not null,
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  last_used_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  client_id uuid,
  app_id uuid,
  pipeline_id uuid,
  constraint authorizations_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint authorizations_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps(id) ON DELETE CASCADE,
  constraint authorizations_binding_check CHECK ((num_nonnulls(app_id, pipeline_id) =
CASE
    WHEN (scope = '{deploy}'::text[]) THEN 1
    ELSE 0
END)),
  constraint authorizations_client_id_fkey FOREIGN KEY (client_id) REFERENCES oauth_clients(id) ON DELETE CASCADE,
  constraint authorizations_pipeline_id_fkey FOREIGN KEY (pipeline_id) REFERENCES pipelines(id) ON DELETE CASCADE,
  constraint authorizations_pkey PRIMARY KEY (id),
  constraint authorizations_scope_check CHECK (((scope <> '{}'::text[]) AND (scope <@ '{global,identity,read,write,read-protected,write-protected,deploy}'::text[]))),
  constraint authorizations_token_hash_key UNIQUE (token_hash)
);
CREATE INDEX authorizations_account_id ON public.authorizations USING btree (account_id);
CREATE INDEX authorizations_app_id ON public.authorizations USING btree (app_id) WHERE (app_id IS NOT NULL);
CREATE INDEX authorizations_client_id ON public.authorizations USING btree (client_id);
CREATE INDEX authorizations_pipeline_id ON public.authorizations USING btree (pipeline_id) WHERE (pipeline_id IS NOT NULL);
CREATE TRIGGER authorizations_notify_access AFTER DELETE OR UPDATE OF revoked_at, expires_at, token_hash, scope ON public.authorizations FOR EACH STATEMENT EXECUTE FUNCTION notify_access();

create table branch_moves (
  id uuid not null,
  app_id uuid not null,
  build_id uuid,
  receiver text,
  actor jsonb not null,
  moves jsonb not null,
  created_at timestamp with time zone not null default now(),
  constraint branch_moves_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps(id) ON DELETE CASCADE,
  constraint branch_moves_build_id_fkey FOREIGN KEY (build_id) REFERENCES builds(id) ON DELETE CASCADE,
  constraint branch_moves_pkey PRIMARY KEY (id),
  constraint branch_moves_receiver_fkey FOREIGN KEY (receiver) REFERENCES workers(id) ON DELETE SET NULL
);
CREATE INDEX branch_moves_app_id ON public.branch_moves USING btree (app_id);
CREATE INDEX branch_moves_build_id ON public.branch_moves USING btree (build_id);
CREATE INDEX branch_moves_receiver ON public.branch_moves USING btree (receiver);

create table buildpack_installations (
  app_id uuid not null,
  ordinal integer not null,
  url text not null,
  constraint buildpack_installations_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps(id) ON DELETE CASCADE,
  constraint buildpack_installations_ordinal_check CHECK ((ordinal >= 0)),
  constraint buildpack_installations_pkey PRIMARY KEY (app_id, ordinal)
);

create table builds (
  id uuid not null default gen_random_uuid(),
  app_id uuid not null,
  status text not null default 'pending'::text,
  failure_reason text,
  commit text,
  commit_description text,
  source_url text,
  source_version text,
  source_checksum text,
  branch text,
  branch_from text,
  branch_moved_at timestamp with time zone,
  receiver text,
  buildpacks jsonb,
  stack text not null,
  slug_id uuid,
  release_id uuid,
  steps jsonb not null default '[]'::jsonb,
  attempts integer not null default 0,
  created_by uuid,
  created_by_name text not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  finished_at timestamp with time zone,
  source_branch text,
  constraint builds_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps(id),
  constraint builds_commit_check CHECK ((commit ~ '^[0-9a-f]{40}([0-9a-f]{24})?$'::text)),
  constraint builds_created_by_fkey FOREIGN KEY (created_by) REFERENCES accounts(id),
  constraint builds_finished CHECK (((status <> 'pending'::text) = (finished_at IS NOT NULL))),
  constraint builds_has_branch CHECK (((branch IS NULL) = (branch_from IS NULL))),
  constraint builds_has_source CHECK ((num_nonnulls(commit, source_url) = 1)),
  constraint builds_one_branch CHECK ((num_nonnulls(branch, source_branch) <= 1)),
  constraint builds_outcome CHECK ((((status = 'succeeded'::text) = (release_id IS NOT NULL)) AND ((status = 'failed'::text) = (failure_reason IS NOT NULL)))),
  constraint builds_pkey PRIMARY KEY (id),
  constraint builds_receiver_fkey FOREIGN KEY (receiver) REFERENCES workers(id) ON DELETE SET NULL,
  constraint builds_release_id_fkey FOREIGN KEY (release_id) REFERENCES releases(id),
  constraint builds_slug_id_fkey FOREIGN KEY (slug_id) REFERENCES slugs(id),
  constraint builds_source_checksum_check CHECK ((source_checksum ~ '^[0-9a-f]{64}$'::text)),
  constraint builds_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'succeeded'::text, 'failed'::text])))
);
CREATE INDEX builds_app_id ON public.builds USING btree (app_id, created_at);
CREATE INDEX builds_pending ON public.builds USING btree (app_id) WHERE (status = 'pending'::text);
CREATE TRIGGER builds_notify AFTER INSERT OR UPDATE ON public.builds FOR EACH ROW EXECUTE FUNCTION notify_build();
CREATE UNIQUE INDEX builds_one_push ON public.builds USING btree (app_id, branch) WHERE ((branch IS NOT NULL) AND (branch_moved_at IS NULL) AND (status <> 'failed'::text));

create table certificate_feed (
  certificate_id uuid not null,
  feed_number bigint not null,
  constraint certificate_feed_pkey PRIMARY KEY (certificate_id)
);
CREATE INDEX certificate_feed_number ON public.certificate_feed USING btree (feed_number);

create table certificates (
  id uuid not null default gen_random_uuid(),
  app_id uuid not null,
  name text not null,
  chain text not null,
  sealed_key text not null,
  names text[] not null,
  subject text not null,
  issuer text not null,
  starts_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  self_signed boolean not null,
  ca_signed boolean not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint certificates_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps(id) ON DELETE CASCADE,
  constraint certificates_id_app_id_key UNIQUE (id, app_id),
  constraint certificates_name_key UNIQUE (app_id, name),
  constraint certificates_names_check CHECK ((names <> '{}'::text[])),
  constraint certificates_pkey PRIMARY KEY (id)
);
CREATE TRIGGER certificates_changed AFTER INSERT OR DELETE OR UPDATE ON public.certificates FOR EACH ROW EXECUTE FUNCTION certificate_changed();

create table cli_logins (
  id uuid not null default gen_random_uuid(),
  browser_hash bytea not null,
  cli_hash bytea not null,
  description text not null,
  remote_address text,
  state text not null default 'waiting'::text,
  account_id uuid,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  constraint cli_logins_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint cli_logins_approved_by CHECK (((state <> ALL (ARRAY['approved'::text, 'done'::text])) OR (account_id IS NOT NULL))),
  constraint cli_logins_browser_hash_key UNIQUE (browser_hash),
  constraint cli_logins_cli_hash_key UNIQUE (cli_hash),
  constraint cli_logins_pkey PRIMARY KEY (id),
  constraint cli_logins_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'approved'::text, 'denied'::text, 'done'::text])))
);
CREATE INDEX cli_logins_remote_address ON public.cli_logins USING btree (remote_address);
CREATE TRIGGER cli_logins_notify AFTER UPDATE ON public.cli_logins FOR EACH ROW EXECUTE FUNCTION notify_cli_login();

create table collaborators (
  id uuid not null default gen_random_uuid(),
  app_id uuid not null,
  email text not null,
  account_id uuid,
  permissions text[] not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint collaborators_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint collaborators_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps(id) ON DELETE CASCADE,
  constraint collaborators_email_check CHECK ((email = lower(email))),
  constraint collaborators_email_key UNIQUE (app_id, email),
  constraint collaborators_permissions_check CHECK (((permissions <@ '{view,deploy,operate,manage}'::text[]) AND ('view'::text = ANY (permissions)))),
  constraint collaborators_pkey PRIMARY KEY (id)
);
CREATE INDEX collaborators_account_id ON public.collaborators USING btree (account_id, app_id);
CREATE TRIGGER collaborators_leave AFTER DELETE ON public.collaborators FOR EACH ROW EXECUTE FUNCTION revoke_deploy_tokens_of_grant();
CREATE TRIGGER collaborators_lose_deploy AFTER UPDATE OF permissions ON public.collaborators FOR EACH ROW WHEN ((('deploy'::text = ANY (old.permissions)) AND (NOT ('deploy'::text = ANY (new.permissions))))) EXECUTE FUNCTION revoke_deploy_tokens_of_grant();
CREATE TRIGGER collaborators_notify_access AFTER DELETE OR UPDATE ON public.collaborators FOR EACH STATEMENT EXECUTE FUNCTION notify_access();

create table config_marks (
  stage_id uuid not null,
  key text not null,
  mark text not null,
  created_at timestamp with time zone not null default now(),
  constraint config_marks_key_check CHECK (((key <> ''::text) AND (length(key) <= 200))),
  constraint config_marks_mark_check CHECK ((mark = ANY (ARRAY['must-differ'::text, 'must-equal'::text]))),
  constraint config_marks_pkey PRIMARY KEY (stage_id, key),
  constraint config_marks_stage_id_fkey FOREIGN KEY (stage_id) REFERENCES pipeline_stages(id) ON DELETE CASCADE
);

create table config_snapshots (
  id uuid not null default gen_random_uuid(),
  app_id uuid not null,
  sealed text not null,
  keys text[] not null,
  created_at timestamp with time zone not null default now(),
  error_page_url text,
  maintenance_page_url text,
  constraint config_snapshots_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps(id) ON DELETE CASCADE,
  constraint config_snapshots_pkey PRIMARY KEY (id)
);

create table config_var_marks (
  app_id uuid not null,
  key text not null,
  mark text not null,
  constraint config_var_marks_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps(id) ON DELETE CASCADE,
  constraint config_var_marks_mark_check CHECK ((mark = ANY (ARRAY['secret'::text, 'plain'::text]))),
  constraint config_var_marks_pkey PRIMARY KEY (app_id, key)
);
CREATE CONSTRAINT TRIGGER config_var_marks_feed AFTER INSERT OR DELETE OR UPDATE ON public.config_var_marks DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION feed_marks();

create table data_keys (
  app_id uuid,
  wrapped text not null,
  master_key_id text not null,
  created_at timestamp with time zone not null default now(),
  account_id uuid,
  pipeline_id uuid,
  constraint data_keys_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint data_keys_account_id_key UNIQUE (account_id),
  constraint data_keys_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps(id) ON DELETE CASCADE,
  constraint data_keys_app_id_key UNIQUE (app_id),
  constraint data_keys_master_key_id_fkey FOREIGN KEY (master_key_id) REFERENCES master_keys(id),
  constraint data_keys_one_owner CHECK ((num_nonnulls(app_id, account_id, pipeline_id) = 1)),
  constraint data_keys_pipeline_id_fkey FOREIGN KEY (pipeline_id) REFERENCES pipelines(id) ON DELETE CASCADE,
  constraint data_keys_pipeline_id_key UNIQUE (pipeline_id)
);
CREATE INDEX data_keys_master_key_id ON public.data_keys USING btree (master_key_id);

create table deploys (
  id uuid not null default gen_random_uuid(),
  number bigint generated always as identity not null,
  app_id uuid not null,
  kind text not null,
  release_id uuid not null,
  dyno_name text,
  status text not null default 'queued'::text,
  steps jsonb not null default '[]'::jsonb,
  fence integer not null default 0,
  evidence jsonb,
  failure_reason text,
  created_by uuid,
  created_at timestamp with time zone not null default now(),
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  constraint deploys_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps(id),
  constraint deploys_created_by_fkey FOREIGN KEY (created_by) REFERENCES accounts(id),
  constraint deploys_finished CHECK (((status = ANY (ARRAY['succeeded'::text, 'failed'::text, 'cancelled'::text])) = (finished_at IS NOT NULL))),
  constraint deploys_kind_check CHECK ((kind = ANY (ARRAY['release'::text, 'restart'::text, 'scale'::text]))),
  constraint deploys_pkey PRIMARY KEY (id),
  constraint deploys_release_id_fkey FOREIGN KEY (release_id) REFERENCES releases(id),
  constraint deploys_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'running'::text, 'succeeded'::text, 'failed'::text, 'cancelled'::text])))
);
CREATE INDEX deploys_app_id ON public.deploys USING btree (app_id, number);
CREATE INDEX deploys_release_id ON public.deploys USING btree (release_id);
CREATE TRIGGER deploys_notify AFTER INSERT OR UPDATE ON public.deploys FOR EACH ROW EXECUTE FUNCTION notify_deploy();
CREATE TRIGGER deploys_stopped_first AFTER UPDATE ON public.deploys FOR EACH ROW WHEN ((stopped_first(new.steps) AND ((old.finished_at IS NULL) <> (new.finished_at IS NULL)))) EXECUTE FUNCTION stopping_deploy_changed();
CREATE UNIQUE INDEX deploys_one_running ON public.deploys USING btree (app_id) WHERE (status = 'running'::text);

create table domains (
  id uuid not null default gen_random_uuid(),
  app_id uuid not null,
  hostname text not null,
  kind text not null,
  status text not null default 'succeeded'::text,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  certificate_id uuid,
  constraint domains_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps(id) ON DELETE CASCADE,
  constraint domains_certificate_of_app FOREIGN KEY (certificate_id, app_id) REFERENCES certificates(id, app_id) ON DELETE SET NULL (certificate_id),
  constraint domains_hostname_check CHECK ((hostname = lower(hostname))),
  constraint domains_hostname_key UNIQUE (hostname),
  constraint domains_kind_check CHECK ((kind = ANY (ARRAY['heroku'::text, 'custom'::text]))),
  constraint domains_pkey PRIMARY KEY (id),
  constraint domains_status_check CHECK ((status = ANY (ARRAY['none'::text, 'pending'::text, 'succeeded'::text, 'failed'::text])))
);
CREATE INDEX domains_app_id ON public.domains USING btree (app_id);
CREATE INDEX domains_certificate_id ON public.domains USING btree (certificate_id);
CREATE TRIGGER domains_certificate_changed AFTER INSERT OR DELETE OR UPDATE OF hostname, certificate_id ON public.domains FOR EACH ROW EXECUTE FUNCTION certificate_of_domain_changed();
CREATE TRIGGER domains_changed AFTER INSERT OR DELETE OR UPDATE ON public.domains FOR EACH ROW EXECUTE FUNCTION domain_changed();
CREATE UNIQUE INDEX domains_one_default ON public.domains USING btree (app_id) WHERE (kind = 'heroku'::text);

create table dyno_requests (
  dyno_id uuid not null,
  router text not null,
  served bigint not null,
  drained bigint not null,
  failed bigint not null,
  longest_ms bigint not null,
  longest_drained_ms bigint not null default 0,
  constraint dyno_requests_dyno_id_fkey FOREIGN KEY (dyno_id) REFERENCES dynos(id) ON DELETE CASCADE,
  constraint dyno_requests_pkey PRIMARY KEY (dyno_id, router)
);

create table dynos (
  id uuid not null default gen_random_uuid(),
  app_id uuid not null,
  release_id uuid not null,
  deploy_id uuid,
  kind text not null,
  type text not null,
  number integer not null,
  size text not null,
  command text not null,
  sealed_env text,
  tty jsonb,
  attach_hash bytea,
  wanted boolean not null default true,
  routable boolean not null default false,
  state text not null default 'starting'::text,
  host text,
  port integer,
  exit_status integer,
  reason text,
  restarts integer not null default 0,
  ready_at timestamp with time zone,
  retired_at timestamp with time zone,
  drained_at timestamp with time zone,
  stopped_at timestamp with time zone,
  state_changed_at timestamp with time zone not null default now(),
  created_by uuid,
  created_at timestamp with time zone not null default now(),
  feed_number bigint not null default 0,
  attach_account_id uuid,
  attach_authorization_id uuid,
  attach_token_mark text,
  attach_session_id uuid,
  weight integer not null default 1,
  constraint dynos_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps(id),
  constraint dynos_attach_account_id_fkey FOREIGN KEY (attach_account_id) REFERENCES accounts(id) ON DELETE SET NULL,
  constraint dynos_created_by_fkey FOREIGN KEY (created_by) REFERENCES accounts(id),
  constraint dynos_deploy_id_fkey FOREIGN KEY (deploy_id) REFERENCES deploys(id),
  constraint dynos_kind_check CHECK ((kind = ANY (ARRAY['kept'::text, 'once'::text]))),
  constraint dynos_pkey PRIMARY KEY (id),
  constraint dynos_release_id_fkey FOREIGN KEY (release_id) REFERENCES releases(id),
  constraint dynos_routable_wanted CHECK (((NOT routable) OR (wanted AND (kind = 'kept'::text)))),
  constraint dynos_state_check CHECK ((state = ANY (ARRAY['starting'::text, 'up'::text, 'crashed'::text, 'down'::text, 'complete'::text]))),
  constraint dynos_weight CHECK ((weight >= 0))
);
CREATE CONSTRAINT TRIGGER dynos_changed AFTER INSERT OR UPDATE ON public.dynos DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION dyno_changed();
CREATE CONSTRAINT TRIGGER dynos_feed AFTER INSERT ON public.dynos DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION feed_dyno();
CREATE CONSTRAINT TRIGGER dynos_feed_tty AFTER UPDATE OF tty ON public.dynos DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((new.tty IS DISTINCT FROM old.tty)) EXECUTE FUNCTION feed_dyno();
CREATE CONSTRAINT TRIGGER dynos_feed_wanted AFTER UPDATE OF wanted ON public.dynos DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((new.wanted <> old.wanted)) EXECUTE FUNCTION feed_dyno();
CREATE INDEX dynos_app_id ON public.dynos USING btree (app_id) WHERE (stopped_at IS NULL);
CREATE INDEX dynos_feed_number ON public.dynos USING btree (feed_number);
CREATE TRIGGER dynos_note_crash AFTER UPDATE ON public.dynos FOR EACH ROW WHEN (((new.kind = 'kept'::text) AND new.wanted AND (new.retired_at IS NULL) AND ((new.restarts > old.restarts) OR ((new.state = 'crashed'::text) AND (old.state <> 'crashed'::text))))) EXECUTE FUNCTION note_crash();
CREATE UNIQUE INDEX dynos_one_release_phase ON public.dynos USING btree (deploy_id) WHERE ((type = 'release'::text) AND (kind = 'once'::text));

create table ephemeral_app_collaborators (
  id uuid not null default gen_random_uuid(),
  pipeline_id uuid not null,
  account_id uuid not null,
  permissions text[] not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint ephemeral_app_collaborators_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint ephemeral_app_collaborators_account_key UNIQUE (pipeline_id, account_id),
  constraint ephemeral_app_collaborators_permissions_check CHECK (is_permission_set(permissions)),
  constraint ephemeral_app_collaborators_pipeline_id_fkey FOREIGN KEY (pipeline_id) REFERENCES pipelines(id) ON DELETE CASCADE,
  constraint ephemeral_app_collaborators_pkey PRIMARY KEY (id)
);
CREATE INDEX ephemeral_app_collaborators_account_id ON public.ephemeral_app_collaborators USING btree (account_id);

create table event_seals (
  hour timestamp with time zone not null,
  count integer not null,
  first_id bigint not null,
  last_id bigint not null,
  row_hashes bytea,
  rows_hash bytea not null,
  previous_hash bytea not null,
  hash bytea not null,
  sealed_at timestamp with time zone not null default clock_timestamp(),
  dropped_at timestamp with time zone,
  constraint event_seals_count_check CHECK ((count > 0)),
  constraint event_seals_hash_check CHECK ((length(hash) = 32)),
  constraint event_seals_hour_check CHECK ((hour = date_trunc('hour'::text, hour, 'UTC'::text))),
  constraint event_seals_pkey PRIMARY KEY (hour),
  constraint event_seals_previous_hash_check CHECK ((length(previous_hash) = 32)),
  constraint event_seals_previous_hash_key UNIQUE (previous_hash),
  constraint event_seals_rows_hash_check CHECK ((length(rows_hash) = 32))
);
CREATE TRIGGER event_seals_kept BEFORE DELETE OR TRUNCATE ON public.event_seals FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER event_seals_unchanged BEFORE UPDATE ON public.event_seals FOR EACH ROW WHEN (((old.dropped_at IS NOT NULL) OR (new.dropped_at IS NULL) OR ((((((((old.hour IS DISTINCT FROM new.hour) OR (old.count IS DISTINCT FROM new.count)) OR (old.first_id IS DISTINCT FROM new.first_id)) OR (old.last_id IS DISTINCT FROM new.last_id)) OR (old.rows_hash IS DISTINCT FROM new.rows_hash)) OR (old.previous_hash IS DISTINCT FROM new.previous_hash)) OR (old.hash IS DISTINCT FROM new.hash)) OR (old.sealed_at IS DISTINCT FROM new.sealed_at)))) EXECUTE FUNCTION refuse_change();

create table events (
  id bigint generated always as identity not null,
  occurred_at timestamp with time zone not null default clock_timestamp(),
  actor_account_id uuid,
  actor_name text not null,
  authorization_id uuid,
  request_id text,
  remote_address text,
  team_id uuid,
  app_id uuid,
  pipeline_id uuid,
  resource text not null,
  resource_id text,
  action text not null,
  before jsonb,
  after jsonb,
  session_id uuid,
  result text not null default 'success'::text,
  account_id uuid,
  constraint events_action_check CHECK ((action = ANY (ARRAY['create'::text, 'update'::text, 'destroy'::text, 'refuse'::text]))),
  constraint events_pkey PRIMARY KEY (id),
  constraint events_result_check CHECK ((result = ANY (ARRAY['success'::text, 'refused'::text, 'failed'::text])))
);
CREATE INDEX events_account_id ON public.events USING btree (account_id, id);
CREATE INDEX events_actor_account_id ON public.events USING btree (actor_account_id, id);
CREATE INDEX events_app_id ON public.events USING btree (app_id, id);
CREATE INDEX events_occurred_at ON public.events USING btree (occurred_at);
CREATE INDEX events_pipeline_id ON public.events USING btree (pipeline_id, id);
CREATE INDEX events_team_id ON public.events USING btree (team_id, id);
CREATE TRIGGER events_append_only BEFORE UPDATE OR TRUNCATE ON public.events FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER events_kept BEFORE DELETE ON public.events FOR EACH ROW EXECUTE FUNCTION refuse_delete_of_kept();
CREATE TRIGGER events_notify AFTER INSERT ON public.events FOR EACH ROW EXECUTE FUNCTION notify_event();
CREATE TRIGGER events_prepare BEFORE INSERT ON public.events FOR EACH ROW EXECUTE FUNCTION prepare_event();

create table feeds (
  name text not null,
  number bigint not null default 0,
  constraint feeds_pkey PRIMARY KEY (name)
);

create table followers (
  feed text not null,
  id text not null,
  server text not null,
  applied_number bigint not null default '-1'::integer,
  constraint followers_pkey PRIMARY KEY (feed, id),
  constraint followers_server_fkey FOREIGN KEY (server) REFERENCES workers(id) ON DELETE CASCADE
);
CREATE TRIGGER followers_notify AFTER INSERT OR UPDATE ON public.followers FOR EACH ROW EXECUTE FUNCTION notify_applied();
CREATE TRIGGER followers_seen AFTER INSERT ON public.followers FOR EACH ROW WHEN ((new.feed = 'routes'::text)) EXECUTE FUNCTION note_router_seen();

create table formations (
  id uuid not null default gen_random_uuid(),
  app_id uuid not null,
  type text not null,
  quantity integer not null,
  size text not null default 'Standard-1X'::text,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint formations_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps(id) ON DELETE CASCADE,
  constraint formations_pkey PRIMARY KEY (id),
  constraint formations_quantity_check CHECK (((quantity >= 0) AND (quantity <= 100))),
  constraint formations_type_check CHECK ((type ~ '^[A-Za-z0-9_-]{1,64}$'::text)),
  constraint formations_type_key UNIQUE (app_id, type)
);

create table freeze_overrides (
  id uuid not null default gen_random_uuid(),
  stage_id uuid not null,
  account_id uuid not null,
  account_name text not null,
  reason text not null,
  expires_at timestamp with time zone not null,
  created_at timestamp with time zone not null default now(),
  constraint freeze_overrides_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint freeze_overrides_pkey PRIMARY KEY (id),
  constraint freeze_overrides_reason_check CHECK ((reason <> ''::text)),
  constraint freeze_overrides_stage_id_fkey FOREIGN KEY (stage_id) REFERENCES pipeline_stages(id) ON DELETE CASCADE
);
CREATE INDEX freeze_overrides_stage_id ON public.freeze_overrides USING btree (stage_id, account_id);

create table identities (
  issuer text not null,
  subject text not null,
  account_id uuid not null,
  created_at timestamp with time zone not null default now(),
  constraint identities_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint identities_account_id_key UNIQUE (account_id, issuer),
  constraint identities_pkey PRIMARY KEY (issuer, subject)
);

create table known_addresses (
  account_id uuid not null,
  address text not null,
  last_at timestamp with time zone not null default now(),
  constraint known_addresses_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint known_addresses_pkey PRIMARY KEY (account_id, address)
);

create table log_drains (
  id uuid not null default gen_random_uuid(),
  app_id uuid not null,
  token text not null,
  sealed_url text not null,
  url_tag text not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint log_drains_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps(id) ON DELETE CASCADE,
  constraint log_drains_pkey PRIMARY KEY (id),
  constraint log_drains_token_key UNIQUE (token),
  constraint log_drains_url_key UNIQUE (app_id, url_tag)
);
CREATE TRIGGER log_drains_notify AFTER INSERT OR DELETE OR UPDATE ON public.log_drains FOR EACH ROW EXECUTE FUNCTION notify_log_drains();

create table master_keys (
  id text not null,
  created_at timestamp with time zone not null default now(),
  constraint master_keys_pkey PRIMARY KEY (id)
);

create table metric_minutes (
  app_id uuid not null,
  minute timestamp with time zone not null,
  process_type text not null,
  reporter text not null,
  informational integer not null default 0,
  successful integer not null default 0,
  redirected integer not null default 0,
  client_errors integer not null default 0,
  server_errors integer not null default 0,
  latency_sum_ms bigint not null default 0,
  latency_max_ms integer not null default 0,
  latency_buckets smallint[] not null default '{}'::smallint[],
  latency_counts integer[] not null default '{}'::integer[],
  samples integer not null default 0,
  cpu_ms bigint not null default 0,
  memory_sum_bytes bigint not null default 0,
  memory_max_bytes bigint not null default 0,
  load_sum real not null default 0,
  constraint metric_minutes_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps(id) ON DELETE CASCADE,
  constraint metric_minutes_pkey PRIMARY KEY (app_id, minute, process_type, reporter)
);
CREATE INDEX metric_minutes_minute ON public.metric_minutes USING brin (minute);
CREATE TRIGGER metric_minutes_total AFTER INSERT OR UPDATE ON public.metric_minutes FOR EACH ROW EXECUTE FUNCTION add_to_metric_totals();

create table metric_totals (
  app_id uuid not null,
  process_type text not null,
  informational bigint not null default 0,
  successful bigint not null default 0,
  redirected bigint not null default 0,
  client_errors bigint not null default 0,
  server_errors bigint not null default 0,
  latency_sum_ms bigint not null default 0,
  cpu_ms bigint not null default 0,
  constraint metric_totals_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps(id) ON DELETE CASCADE,
  constraint metric_totals_pkey PRIMARY KEY (app_id, process_type)
);

create table oauth_clients (
  id uuid not null default gen_random_uuid(),
  account_id uuid not null,
  name text not null,
  redirect_uri text not null,
  secret_hash bytea not null,
  secret_hint text not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint oauth_clients_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint oauth_clients_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
  constraint oauth_clients_name_key UNIQUE (account_id, name),
  constraint oauth_clients_pkey PRIMARY KEY (id)
);

create table pipeline_config_vars (
  pipeline_id uuid not null,
  stage text not null,
  sealed text not null,
  updated_at timestamp with time zone not null default now(),
  constraint pipeline_config_vars_pipeline_id_fkey FOREIGN KEY (pipeline_id) REFERENCES pipelines(id) ON DELETE CASCADE,
  constraint pipeline_config_vars_pkey PRIMARY KEY (pipeline_id, stage),
  constraint pipeline_config_vars_stage_check CHECK ((stage = ANY (ARRAY['review'::text, 'test'::text])))
);

create table pipeline_couplings (
  id uuid not null default gen_random_uuid(),
  pipeline_id uuid not null,
  stage_id uuid not null,
  app_id uuid not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint pipeline_couplings_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps(id) ON DELETE CASCADE,
  constraint pipeline_couplings_app_id_key UNIQUE (app_id),
  constraint pipeline_couplings_pipeline_id_fkey FOREIGN KEY (pipeline_id) REFERENCES pipelines(id) ON DELETE CASCADE,
  constraint pipeline_couplings_pkey PRIMARY KEY (id),
  constraint pipeline_couplings_stage_fkey FOREIGN KEY (stage_id, pipeline_id) REFERENCES pipeline_stages(id, pipeline_id)
);
CREATE INDEX pipeline_couplings_pipeline_id ON public.pipeline_couplings USING btree (pipeline_id);
CREATE TRIGGER pipeline_couplings_date AFTER INSERT OR DELETE ON public.pipeline_couplings FOR EACH ROW EXECUTE FUNCTION date_pipeline();

create table pipeline_stages (
  id uuid not null default gen_random_uuid(),
  pipeline_id uuid not null,
  name text not null,
  kind text not null,
  position integer not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint pipeline_stages_id_key UNIQUE (id, pipeline_id),
  constraint pipeline_stages_kind_check CHECK ((kind = ANY (ARRAY['test'::text, 'review'::text, 'development'::text, 'staging'::text, 'production'::text]))),
  constraint pipeline_stages_name_check CHECK ((name ~ '^[a-z0-9]([a-z0-9-]{0,28}[a-z0-9])?$'::text)),
  constraint pipeline_stages_name_key UNIQUE (pipeline_id, name),
  constraint pipeline_stages_pipeline_id_fkey FOREIGN KEY (pipeline_id) REFERENCES pipelines(id) ON DELETE CASCADE,
  constraint pipeline_stages_pkey PRIMARY KEY (id),
  constraint pipeline_stages_position_check CHECK (("position" >= 0)),
  constraint pipeline_stages_position_key UNIQUE (pipeline_id, "position") DEFERRABLE INITIALLY DEFERRED
);

create table pipeline_webhooks (
  id uuid not null default gen_random_uuid(),
  pipeline_id uuid not null,
  url text not null,
  sealed_secret text not null,
  events text[] not null,
  created_by uuid not null,
  created_by_name text not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint pipeline_webhooks_created_by_fkey FOREIGN KEY (created_by) REFERENCES accounts(id),
  constraint pipeline_webhooks_pipeline_id_fkey FOREIGN KEY (pipeline_id) REFERENCES pipelines(id) ON DELETE CASCADE,
  constraint pipeline_webhooks_pkey PRIMARY KEY (id)
);
CREATE INDEX pipeline_webhooks_pipeline_id ON public.pipeline_webhooks USING btree (pipeline_id);

create table pipelines (
  id uuid not null default gen_random_uuid(),
  name text not null,
  team_id uuid not null,
  created_by uuid,
  delete_at timestamp with time zone default (now() + '30 days'::interval),
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  production_promotion text not null default 'admins'::text,
  ephemeral_auto_join boolean not null default false,
  ephemeral_permissions text[] not null default '{view,deploy,operate}'::text[],
  path_rules jsonb,
  constraint pipelines_created_by_fkey FOREIGN KEY (created_by) REFERENCES accounts(id),
  constraint pipelines_ephemeral_permissions_check CHECK (is_permission_set(ephemeral_permissions)),
  constraint pipelines_name_check CHECK ((name ~ '^[a-z][a-z0-9-]{0,28}[a-z0-9]$'::text)),
  constraint pipelines_name_key UNIQUE (team_id, name),
  constraint pipelines_pkey PRIMARY KEY (id),
  constraint pipelines_production_promotion_check CHECK ((production_promotion = ANY (ARRAY['admins'::text, 'deployers'::text]))),
  constraint pipelines_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams(id)
);
CREATE TRIGGER pipelines_change_hands AFTER UPDATE OF team_id ON public.pipelines FOR EACH ROW WHEN ((old.team_id <> new.team_id)) EXECUTE FUNCTION revoke_deploy_tokens_of_bound();
CREATE TRIGGER pipelines_team_lives BEFORE INSERT OR UPDATE OF team_id ON public.pipelines FOR EACH ROW EXECUTE FUNCTION check_team_lives();

create table promotion_targets (
  id uuid not null default gen_random_uuid(),
  promotion_id uuid not null,
  app_id uuid not null,
  release_id uuid not null,
  created_at timestamp with time zone not null default now(),
  previous_release_id uuid,
  approvals jsonb not null default '[]'::jsonb,
  freeze_override text,
  rollback_release_id uuid,
  rollback_note text,
  constraint promotion_targets_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps(id),
  constraint promotion_targets_app_key UNIQUE (promotion_id, app_id),
  constraint promotion_targets_pkey PRIMARY KEY (id),
  constraint promotion_targets_previous_release_id_fkey FOREIGN KEY (previous_release_id) REFERENCES releases(id),
  constraint promotion_targets_promotion_id_fkey FOREIGN KEY (promotion_id) REFERENCES promotions(id),
  constraint promotion_targets_release_id_fkey FOREIGN KEY (release_id) REFERENCES releases(id),
  constraint promotion_targets_rollback_release_id_fkey FOREIGN KEY (rollback_release_id) REFERENCES releases(id)
);
CREATE UNIQUE INDEX promotion_targets_release_id ON public.promotion_targets USING btree (release_id);

create table promotions (
  id uuid not null default gen_random_uuid(),
  pipeline_id uuid not null,
  source_app_id uuid not null,
  source_release_id uuid not null,
  slug_id uuid not null,
  created_by uuid,
  created_by_name text not null,
  created_at timestamp with time zone not null default now(),
  number bigint generated always as identity not null,
  all_or_nothing boolean not null default false,
  retry_of uuid,
  idempotency_key text,
  request_hash text,
  plan jsonb,
  settled_at timestamp with time zone,
  constraint promotions_created_by_fkey FOREIGN KEY (created_by) REFERENCES accounts(id),
  constraint promotions_pkey PRIMARY KEY (id),
  constraint promotions_retry_of_fkey FOREIGN KEY (retry_of) REFERENCES promotions(id),
  constraint promotions_slug_id_fkey FOREIGN KEY (slug_id) REFERENCES slugs(id),
  constraint promotions_source_app_id_fkey FOREIGN KEY (source_app_id) REFERENCES apps(id),
  constraint promotions_source_release_id_fkey FOREIGN KEY (source_release_id) REFERENCES releases(id)
);
CREATE INDEX promotions_pipeline_id ON public.promotions USING btree (pipeline_id, created_at);
CREATE UNIQUE INDEX promotions_idempotency_key ON public.promotions USING btree (created_by, idempotency_key);

create table recovery_codes (
  account_id uuid not null,
  code_hash bytea not null,
  used_at timestamp with time zone,
  constraint recovery_codes_account_id_fkey FOREIGN KEY (account_id) REFERENCES two_factors(account_id) ON DELETE CASCADE,
  constraint recovery_codes_pkey PRIMARY KEY (account_id, code_hash)
);

create table release_watches (
  release_id uuid not null,
  until timestamp with time zone not null,
  ended_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  constraint release_watches_pkey PRIMARY KEY (release_id),
  constraint release_watches_release_id_fkey FOREIGN KEY (release_id) REFERENCES releases(id) ON DELETE CASCADE
);

create table releases (
  id uuid not null default gen_random_uuid(),
  app_id uuid not null,
  version integer not null,
  slug_id uuid,
  config_snapshot_id uuid not null,
  description text not null,
  status text not null default 'pending'::text,
  failure_reason text,
  current boolean not null default false,
  formation jsonb not null default '{}'::jsonb,
  add_ons jsonb not null default '[]'::jsonb,
  created_by uuid,
  created_by_name text not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  cause text,
  constraint releases_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps(id),
  constraint releases_config_snapshot_id_fkey FOREIGN KEY (config_snapshot_id) REFERENCES config_snapshots(id),
  constraint releases_created_by_fkey FOREIGN KEY (created_by) REFERENCES accounts(id),
  constraint releases_current_lives CHECK (((NOT current) OR (status <> 'failed'::text))),
  constraint releases_pkey PRIMARY KEY (id),
  constraint releases_slug_id_fkey FOREIGN KEY (slug_id) REFERENCES slugs(id),
  constraint releases_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'succeeded'::text, 'failed'::text]))),
  constraint releases_version_key UNIQUE (app_id, version)
);
CREATE TRIGGER releases_keep BEFORE UPDATE ON public.releases FOR EACH ROW EXECUTE FUNCTION keep_release();
CREATE TRIGGER releases_number BEFORE INSERT ON public.releases FOR EACH ROW EXECUTE FUNCTION number_release();
CREATE TRIGGER releases_settle_promotion AFTER UPDATE OF status ON public.releases FOR EACH ROW WHEN (((old.status = 'pending'::text) AND (new.status <> 'pending'::text))) EXECUTE FUNCTION settle_promotion();
CREATE TRIGGER releases_slug BEFORE INSERT ON public.releases FOR EACH ROW WHEN ((new.slug_id IS NOT NULL)) EXECUTE FUNCTION keep_released_slug();
CREATE UNIQUE INDEX releases_one_current ON public.releases USING btree (app_id) WHERE current;

create table routers_gone (
  id text not null,
  at timestamp with time zone not null default now(),
  constraint routers_gone_pkey PRIMARY KEY (id)
);

create table routers_seen (
  id text not null,
  at timestamp with time zone not null default now(),
  constraint routers_seen_pkey PRIMARY KEY (id)
);

create table schema_migrations (
  name text not null,
  applied_at timestamp with time zone not null default now(),
  constraint schema_migrations_pkey PRIMARY KEY (name)
);

create table sign_in_attempts (
  subject bytea not null,
  attempts integer not null,
  last_at timestamp with time zone not null default now(),
  blocked_until timestamp with time zone,
  constraint sign_in_attempts_pkey PRIMARY KEY (subject)
);

create table slug_uploads (
  id uuid not null default gen_random_uuid(),
  app_id uuid not null,
  process_types jsonb not null,
  stack text not null,
  commit text,
  commit_description text,
  buildpack_provided_description text,
  checksum text,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  constraint slug_uploads_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps(id),
  constraint slug_uploads_checksum_check CHECK ((checksum ~ '^[0-9a-f]{64}$'::text)),
  constraint slug_uploads_pkey PRIMARY KEY (id)
);
CREATE INDEX slug_uploads_expires_at ON public.slug_uploads USING btree (expires_at);

create table slugs (
  id uuid not null default gen_random_uuid(),
  app_id uuid not null,
  digest text not null,
  process_types jsonb not null default '{}'::jsonb,
  stack text not null,
  commit text,
  commit_description text,
  buildpacks jsonb not null default '[]'::jsonb,
  buildpack_provided_description text,
  size bigint not null,
  removed_at timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  path_rules jsonb,
  baked_in jsonb,
  health_path text,
  constraint slugs_app_id_fkey FOREIGN KEY (app_id) REFERENCES apps(id),
  constraint slugs_digest_check CHECK ((digest ~ '^sha256:[0-9a-f]{64}$'::text)),
  constraint slugs_pkey PRIMARY KEY (id)
);
CREATE INDEX slugs_app_id ON public.slugs USING btree (app_id);
CREATE INDEX slugs_digest ON public.slugs USING btree (digest);

create table sources (
  id uuid not null default gen_random_uuid(),
  account_id uuid not null,
  size bigint,
  sha256 text,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  constraint sources_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id),
  constraint sources_pkey PRIMARY KEY (id),
  constraint sources_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text)),
  constraint sources_uploaded CHECK (((size IS NULL) = (sha256 IS NULL)))
);
CREATE INDEX sources_expires_at ON public.sources USING btree (expires_at);

create table ssh_keys (
  id uuid not null default gen_random_uuid(),
  account_id uuid not null,
  public_key text not null,
  comment text not null,
  fingerprint text not null,
  key_hash bytea not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint ssh_keys_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint ssh_keys_key_hash_key UNIQUE (key_hash),
  constraint ssh_keys_pkey PRIMARY KEY (id)
);
CREATE INDEX ssh_keys_account_id ON public.ssh_keys USING btree (account_id);

create table stage_freezes (
  id uuid not null default gen_random_uuid(),
  stage_id uuid not null,
  kind text not null,
  starts text not null,
  ends text not null,
  time_zone text not null,
  reason text,
  created_by uuid,
  created_by_name text not null,
  created_at timestamp with time zone not null default now(),
  constraint stage_freezes_created_by_fkey FOREIGN KEY (created_by) REFERENCES accounts(id),
  constraint stage_freezes_kind_check CHECK ((kind = ANY (ARRAY['weekly'::text, 'range'::text]))),
  constraint stage_freezes_pkey PRIMARY KEY (id),
  constraint stage_freezes_stage_id_fkey FOREIGN KEY (stage_id) REFERENCES pipeline_stages(id) ON DELETE CASCADE
);
CREATE INDEX stage_freezes_stage_id ON public.stage_freezes USING btree (stage_id);

create table stage_policies (
  stage_id uuid not null,
  approvals integer not null default 0,
  approval_team_id uuid,
  approval_hours integer not null default 168,
  promoters text,
  direct_deploys boolean not null default true,
  blocking_findings text[] not null default '{}'::text[],
  auto_rollback_minutes integer not null default 0,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint stage_policies_approval_hours_check CHECK (((approval_hours >= 1) AND (approval_hours <= 8760))),
  constraint stage_policies_approval_team_id_fkey FOREIGN KEY (approval_team_id) REFERENCES teams(id),
  constraint stage_policies_approvals_check CHECK (((approvals >= 0) AND (approvals <= 20))),
  constraint stage_policies_auto_rollback_minutes_check CHECK (((auto_rollback_minutes >= 0) AND (auto_rollback_minutes <= 60))),
  constraint stage_policies_pkey PRIMARY KEY (stage_id),
  constraint stage_policies_promoters_check CHECK ((promoters = ANY (ARRAY['admins'::text, 'deployers'::text]))),
  constraint stage_policies_stage_id_fkey FOREIGN KEY (stage_id) REFERENCES pipeline_stages(id) ON DELETE CASCADE
);

create table team_invitations (
  id uuid not null default gen_random_uuid(),
  team_id uuid not null,
  email text not null,
  role text not null,
  token_hash bytea not null,
  by_mail boolean not null,
  invited_by uuid not null,
  expires_at timestamp with time zone not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint team_invitations_email_check CHECK (((email = lower(email)) AND (email ~ '^[^@[:space:]]+@[^@[:space:]]+$'::text))),
  constraint team_invitations_email_key UNIQUE (team_id, email),
  constraint team_invitations_invited_by_fkey FOREIGN KEY (invited_by) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint team_invitations_pkey PRIMARY KEY (id),
  constraint team_invitations_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'member'::text, 'collaborator'::text, 'viewer'::text]))),
  constraint team_invitations_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams(id) ON DELETE CASCADE,
  constraint team_invitations_token_hash_key UNIQUE (token_hash)
);

create table team_members (
  team_id uuid not null,
  account_id uuid not null,
  role text not null,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint team_members_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint team_members_pkey PRIMARY KEY (team_id, account_id),
  constraint team_members_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'member'::text, 'collaborator'::text, 'viewer'::text]))),
  constraint team_members_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams(id) ON DELETE CASCADE
);
CREATE INDEX team_members_account_id ON public.team_members USING btree (account_id);
CREATE TRIGGER team_members_leave AFTER DELETE ON public.team_members FOR EACH ROW EXECUTE FUNCTION revoke_deploy_tokens();
CREATE TRIGGER team_members_leave_pipelines AFTER DELETE ON public.team_members FOR EACH ROW EXECUTE FUNCTION leave_pipelines();
CREATE TRIGGER team_members_lose_deploy AFTER UPDATE OF role ON public.team_members FOR EACH ROW WHEN (((old.role <> new.role) AND (new.role = ANY (ARRAY['viewer'::text, 'collaborator'::text])))) EXECUTE FUNCTION revoke_deploy_tokens();
CREATE TRIGGER team_members_notify_access AFTER DELETE OR UPDATE ON public.team_members FOR EACH STATEMENT EXECUTE FUNCTION notify_access();

create table teams (
  id uuid not null default gen_random_uuid(),
  name text not null,
  personal_account_id uuid,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  destroyed_at timestamp with time zone,
  ephemeral_permissions text[],
  member_permissions text[] not null default '{view,deploy,operate}'::text[],
  ephemeral_auto_join boolean not null default true,
  constraint teams_ephemeral_permissions_check CHECK (is_permission_set(ephemeral_permissions)),
  constraint teams_member_permissions_check CHECK ((is_permission_set(member_permissions) AND (NOT ('manage'::text = ANY (member_permissions))))),
  constraint teams_name_key UNIQUE (name),
  constraint teams_personal_account_id_fkey FOREIGN KEY (personal_account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint teams_personal_account_id_key UNIQUE (personal_account_id),
  constraint teams_pkey PRIMARY KEY (id)
);
CREATE TRIGGER teams_notify_access AFTER UPDATE OF member_permissions ON public.teams FOR EACH ROW WHEN ((old.member_permissions IS DISTINCT FROM new.member_permissions)) EXECUTE FUNCTION notify_access();

create table two_factors (
  account_id uuid not null,
  sealed_seed text not null,
  confirmed_at timestamp with time zone,
  last_step bigint not null default 0,
  created_at timestamp with time zone not null default now(),
  constraint two_factors_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint two_factors_pkey PRIMARY KEY (account_id)
);

create table web_sessions (
  id uuid not null default gen_random_uuid(),
  account_id uuid not null,
  secret_hash bytea not null,
  level text not null,
  remote_address text,
  user_agent text,
  created_at timestamp with time zone not null default now(),
  last_used_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  signed_in_at timestamp with time zone not null default now(),
  constraint web_sessions_account_id_fkey FOREIGN KEY (account_id) REFERENCES accounts(id) ON DELETE CASCADE,
  constraint web_sessions_level_check CHECK ((level = ANY (ARRAY['half'::text, 'full'::text]))),
  constraint web_sessions_pkey PRIMARY KEY (id),
  constraint web_sessions_secret_hash_key UNIQUE (secret_hash)
);
CREATE INDEX web_sessions_account_id ON public.web_sessions USING btree (account_id);
CREATE TRIGGER web_sessions_notify_access AFTER DELETE ON public.web_sessions FOR EACH STATEMENT EXECUTE FUNCTION notify_access();

create table webhook_deliveries (
  id uuid not null default gen_random_uuid(),
  webhook_id uuid not null,
  event text not null,
  payload text not null,
  status text not null default 'pending'::text,
  attempts integer not null default 0,
  last_answer text,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  constraint webhook_deliveries_pkey PRIMARY KEY (id),
  constraint webhook_deliveries_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'succeeded'::text, 'failed'::text]))),
  constraint webhook_deliveries_webhook_id_fkey FOREIGN KEY (webhook_id) REFERENCES pipeline_webhooks(id) ON DELETE CASCADE
);
CREATE INDEX webhook_deliveries_webhook_id ON public.webhook_deliveries USING btree (webhook_id, created_at);

create table workers (
  id text not null,
  number integer generated always as identity not null,
  started_at timestamp with time zone not null default now(),
  constraint workers_pkey PRIMARY KEY (id)
);

CREATE OR REPLACE FUNCTION public.add_to_metric_totals()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into metric_totals as t values (new.app_id, new.process_type,
    new.informational - coalesce(old.informational, 0), new.successful - coalesce(old.successful, 0),
    new.redirected - coalesce(old.redirected, 0), new.client_errors - coalesce(old.client_errors, 0),
    new.server_errors - coalesce(old.server_errors, 0), new.latency_sum_ms - coalesce(old.latency_sum_ms, 0),
    new.cpu_ms - coalesce(old.cpu_ms, 0))
  on conflict (app_id, process_type) do update set
    informational = t.informational + excluded.informational, successful = t.successful + excluded.successful,
    redirected = t.redirected + excluded.redirected, client_errors = t.client_errors + excluded.client_errors,
    server_errors = t.server_errors + excluded.server_errors, latency_sum_ms = t.latency_sum_ms + excluded.latency_sum_ms,
    cpu_ms = t.cpu_ms + excluded.cpu_ms;
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.app_route_changed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform touch_route(new.id);
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.certificate_changed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform touch_certificate(coalesce(new.id, old.id));
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.certificate_of_domain_changed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if old.certificate_id is not null then perform touch_certificate(old.certificate_id); end if;
  if new.certificate_id is not null and new.certificate_id is distinct from old.certificate_id then
    perform touch_certificate(new.certificate_id);
  end if;
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.check_team_lives()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform from teams where id = new.team_id and destroyed_at is null for key share;
  if not found then
    raise exception 'team % is gone', new.team_id using constraint = 'team_lives';
  end if;
  return new;
end $function$
;

CREATE OR REPLACE FUNCTION public.date_pipeline()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if tg_op = 'INSERT' then
    update pipelines set delete_at = null where id = new.pipeline_id;
    return null;
  end if;
  perform from pipelines where id = old.pipeline_id for no key update;
  update pipelines set delete_at = now() + interval '30 days'
    where id = old.pipeline_id and not exists (select from pipeline_couplings where pipeline_id = old.pipeline_id);
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.domain_changed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform touch_route(coalesce(new.app_id, old.app_id));
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.drop_certificates()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  delete from certificates where app_id = new.id;
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.dyno_changed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_notify('dyno_changed', new.app_id::text);
  if tg_op = 'UPDATE' and (new.routable <> old.routable
      or new.type = 'web' and new.state <> old.state and 'crashed' in (new.state, old.state)
      or new.routable and (new.host, new.port, new.weight) is distinct from (old.host, old.port, old.weight)) then
    perform touch_route(new.app_id);
  elsif new.type = 'web' and new.kind = 'kept'
      and (tg_op = 'INSERT' or new.wanted <> old.wanted or (new.retired_at is null) <> (old.retired_at is null))
      and not exists (select from dynos where app_id = new.app_id and stopped_at is null and routable) then
    perform touch_route(new.app_id);
  end if;
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.end_builds()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  update builds set status = 'failed', failure_reason = 'The app was destroyed.', finished_at = now(), updated_at = now()
    where app_id = new.id and status = 'pending';
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.feed_dyno()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform from feeds where name = 'routes' for no key update;
  update dynos set feed_number = next_feed_number('dynos') where id = new.id;
  perform pg_notify('dyno_feed', '');
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.feed_marks()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  update dynos set feed_number = next_feed_number('dynos')
    where app_id = coalesce(new.app_id, old.app_id) and wanted;
  perform pg_notify('dyno_feed', '');
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.give_grants()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  update collaborators set account_id = new.id where account_id is null and email = lower(new.email);
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.is_permission_set(permissions text[])
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select permissions <@ '{view,deploy,operate,manage}'::text[] and 'view' = any (permissions)
$function$
;

CREATE OR REPLACE FUNCTION public.keep_app_name()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into app_names values (new.name, new.team_id) on conflict (name) do update set team_id = excluded.team_id;
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.keep_release()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if (new.id, new.app_id, new.version, new.slug_id, new.config_snapshot_id, new.description, new.formation,
      new.add_ons, new.created_by, new.created_by_name, new.created_at)
     is distinct from
     (old.id, old.app_id, old.version, old.slug_id, old.config_snapshot_id, old.description, old.formation,
      old.add_ons, old.created_by, old.created_by_name, old.created_at) then
    raise exception 'a release never changes' using constraint = 'releases_append_only';
  end if;
  if old.status <> 'pending' and new.status <> old.status then
    raise exception 'a release has one outcome' using constraint = 'releases_one_outcome';
  end if;
  return new;
end $function$
;

CREATE OR REPLACE FUNCTION public.keep_released_slug()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform from slugs where id = new.slug_id and removed_at is null for share;
  if not found then
    raise exception 'slug % is no longer kept', new.slug_id using constraint = 'releases_slug_kept';
  end if;
  return new;
end $function$
;

CREATE OR REPLACE FUNCTION public.leave_pipelines()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  delete from ephemeral_app_collaborators using pipelines
    where pipelines.id = pipeline_id and pipelines.team_id = old.team_id and account_id = old.account_id;
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.next_feed_number(feed text)
 RETURNS bigint
 LANGUAGE sql
AS $function$
  update feeds set number = number + 1 where name = feed returning number;
$function$
;

CREATE OR REPLACE FUNCTION public.note_crash()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if exists (select from release_watches where release_id = new.release_id and ended_at is null and until > now()) then
    perform graphile_worker.add_job('roll-back-crashed', json_build_object('releaseId', new.release_id),
      job_key => 'roll-back-crashed:' || new.release_id);
  end if;
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.note_router_seen()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  insert into routers_seen (id) values (new.id) on conflict do nothing;
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.notify_access()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_notify('access_changed', '');
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.notify_add_on()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_notify('add_on_changed', new.id::text);
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.notify_applied()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_notify('feed_applied', new.feed);
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.notify_build()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_notify('build_changed', new.id::text);
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.notify_cli_login()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_notify('cli_login_changed', new.id::text);
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.notify_deploy()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_notify('deploy_changed', new.app_id::text);
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.notify_event()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_notify('event_added', coalesce(new.app_id::text, ''));
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.notify_log_drains()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_notify('log_drains_changed', '');
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.number_release()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  update apps set last_release_version = last_release_version + 1, updated_at = now()
    where id = new.app_id and destroyed_at is null returning last_release_version into new.version;
  if new.version is null then
    raise exception 'app % is gone', new.app_id using constraint = 'releases_app_exists';
  end if;
  return new;
end $function$
;

CREATE OR REPLACE FUNCTION public.pages_changed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if (select row(error_page_url, maintenance_page_url) from config_snapshots where id = new.config_snapshot_id)
    is distinct from (select row(error_page_url, maintenance_page_url) from config_snapshots where id = old.config_snapshot_id)
  then
    perform touch_route(new.id);
  end if;
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.prepare_event()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_current_xact_id();
  new.occurred_at := greatest(clock_timestamp(), (select max(hour) + interval '1 hour' from event_seals));
  if new.team_id is null and new.app_id is not null then
    new.team_id := (select team_id from apps where id = new.app_id);
  end if;
  if new.team_id is null and new.pipeline_id is not null then
    new.team_id := (select team_id from pipelines where id = new.pipeline_id);
  end if;
  if new.account_id is null and new.resource = 'account' then
    new.account_id := (select id from accounts where id::text = new.resource_id);
  end if;
  if new.action = 'refuse' and new.result = 'success' then
    new.result := 'failed'; -- a sign-in that did not come about
  end if;
  return new;
end $function$
;

CREATE OR REPLACE FUNCTION public.refresh_routable(app uuid)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  with now_routable as (
    select d.id, d.wanted and d.kind = 'kept' and d.type = 'web' and d.state = 'up' and d.retired_at is null and r.current as value
    from dynos d join releases r on r.id = d.release_id
    where d.app_id = app and d.stopped_at is null
  )
  update dynos d set routable = n.value from now_routable n where n.id = d.id and d.routable <> n.value;
end $function$
;

CREATE OR REPLACE FUNCTION public.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'Rows of % are never changed or removed.', tg_table_name using errcode = 'insufficient_privilege';
end $function$
;

CREATE OR REPLACE FUNCTION public.refuse_delete_of_kept()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if exists (select from event_seals where hour = date_trunc('hour', old.occurred_at, 'UTC') and dropped_at is not null) then
    return old;
  end if;
  raise exception 'Events are kept until retention drops their hour.' using errcode = 'insufficient_privilege';
end $function$
;

CREATE OR REPLACE FUNCTION public.revoke_deploy_tokens()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  update authorizations a set revoked_at = now(), updated_at = now()
  where a.account_id = old.account_id and a.revoked_at is null
    and (a.app_id in (select id from apps where team_id = old.team_id)
      or a.pipeline_id in (select id from pipelines where team_id = old.team_id));
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.revoke_deploy_tokens_of_bound()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  update authorizations set revoked_at = now(), updated_at = now()
  where revoked_at is null and case tg_table_name when 'apps' then app_id else pipeline_id end = new.id;
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.revoke_deploy_tokens_of_grant()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  update authorizations set revoked_at = now(), updated_at = now()
  where account_id = old.account_id and app_id = old.app_id and revoked_at is null;
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.settle_promotion()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  promotion uuid;
begin
  for promotion in select promotion_id from promotion_targets where release_id = new.id loop
    perform graphile_worker.add_job('settle-promotion', json_build_object('promotionId', promotion),
      queue_name => 'promotion:' || promotion, job_key => 'settle-promotion:' || promotion);
  end loop;
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.stopped_first(steps jsonb)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select steps @> '[{"name": "stop-old"}]'
$function$
;

CREATE OR REPLACE FUNCTION public.stopping_deploy_changed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform touch_route(new.app_id);
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.touch_certificate(certificate uuid)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  insert into certificate_feed values (certificate, next_feed_number('certificates'))
    on conflict (certificate_id) do update set feed_number = excluded.feed_number;
  perform pg_notify('certificate_feed', '');
end $function$
;

CREATE OR REPLACE FUNCTION public.touch_route(app uuid)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  insert into app_routes values (app, next_feed_number('routes'))
    on conflict (app_id) do update set feed_number = excluded.feed_number;
  perform pg_notify('route_feed', '');
end $function$
;

CREATE OR REPLACE FUNCTION public.traffic_changed()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform touch_route(coalesce(new.app_id, old.app_id));
  return null;
end $function$
;

CREATE OR REPLACE FUNCTION public.uncouple_app()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  perform from pipelines where id = (select pipeline_id from pipeline_couplings where app_id = new.id) for no key update;
  delete from pipeline_couplings where app_id = new.id;
  return null;
end $function$
;
