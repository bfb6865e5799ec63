-- What tokens may do, the OAuth clients that may hold them, and people's SSH keys.

create table oauth_clients (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references accounts on delete cascade,
  name text not null check (length(name) between 1 and 100),
  redirect_uri text not null,
  secret_hash bytea not null,
  secret_hint text not null, -- first and last characters
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint oauth_clients_name_key unique (account_id, name)
);

-- An authorization with an app or a pipeline is a deploy token: it reaches that and nothing else of its account's.
alter table authorizations
  add column client_id uuid references oauth_clients on delete cascade,
  add column app_id uuid references apps on delete cascade,
  add column pipeline_id uuid references pipelines on delete cascade,
  add constraint authorizations_scope_check check (
    scope <> '{}' and scope <@ '{global,identity,read,write,read-protected,write-protected,deploy}'::text[]
  ),
  add constraint authorizations_binding_check check (
    num_nonnulls(app_id, pipeline_id) = case when scope = '{deploy}' then 1 else 0 end
  );
create index authorizations_client_id on authorizations (client_id);
create index authorizations_app_id on authorizations (app_id) where app_id is not null;
create index authorizations_pipeline_id on authorizations (pipeline_id) where pipeline_id is not null;

-- Deploy tokens do not outlive their maker's place in the team: whoever is added again makes new ones.
create function revoke_deploy_tokens() returns trigger language plpgsql as $$
begin
  update authorizations a set revoked_at = now(), updated_at = now()
  where a.account_id = old.account_id and a.revoked_at is null
    and (a.app_id in (select id from apps where team_id = old.team_id)
      or a.pipeline_id in (select id from pipelines where team_id = old.team_id));
  return null;
end $$;
create trigger team_members_leave after delete on team_members
  for each row execute function revoke_deploy_tokens();
create trigger team_members_lose_deploy after update of role on team_members
  for each row when (old.role <> new.role and new.role in ('viewer', 'collaborator'))
  execute function revoke_deploy_tokens();

-- Nor a grant that gave the place, nor the hands that what they are bound to is in, nor the app itself.
create function revoke_deploy_tokens_of_grant() returns trigger language plpgsql as $$
begin
  update authorizations set revoked_at = now(), updated_at = now()
  where account_id = old.account_id and app_id = old.app_id and revoked_at is null;
  return null;
end $$;
create trigger collaborators_leave after delete on collaborators
  for each row execute function revoke_deploy_tokens_of_grant();
create trigger collaborators_lose_deploy after update of permissions on collaborators
  for each row when ('deploy' = any (old.permissions) and not 'deploy' = any (new.permissions))
  execute function revoke_deploy_tokens_of_grant();

create function revoke_deploy_tokens_of_bound() returns trigger language plpgsql as $$
begin
  update authorizations set revoked_at = now(), updated_at = now()
  where revoked_at is null and case tg_table_name when 'apps' then app_id else pipeline_id end = new.id;
  return null;
end $$;
create trigger apps_change_hands after update of team_id, destroyed_at on apps
  for each row when (old.team_id <> new.team_id or (old.destroyed_at is null and new.destroyed_at is not null))
  execute function revoke_deploy_tokens_of_bound();
create trigger pipelines_change_hands after update of team_id on pipelines
  for each row when (old.team_id <> new.team_id) execute function revoke_deploy_tokens_of_bound();

-- Which of the authorization's tokens asked for the dyno: a rotated one is void.
alter table dynos add column attach_token_mark text;

create table ssh_keys (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references accounts on delete cascade,
  public_key text not null,
  comment text not null,
  fingerprint text not null, -- MD5 of the key, as Heroku's
  key_hash bytea not null constraint ssh_keys_key_hash_key unique, -- SHA-256: one key, one account
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index ssh_keys_account_id on ssh_keys (account_id);
