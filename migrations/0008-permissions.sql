-- Who may do what on which app beyond what their role in its team gives, and how apps and members change hands.

alter table apps add column locked boolean not null default false; -- then members have only what they were granted

-- A grant to an e-mail address. It counts for the account of that address; there may be none yet, which nobody is told.
create table collaborators (
  id uuid primary key default gen_random_uuid(),
  app_id uuid not null references apps on delete cascade,
  email text not null check (email = lower(email)),
  account_id uuid references accounts on delete cascade,
  permissions text[] not null check (permissions <@ '{view,deploy,operate,manage}' and 'view' = any (permissions)),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint collaborators_email_key unique (app_id, email)
);
create index collaborators_account_id on collaborators (account_id, app_id);
create function give_grants() returns trigger language plpgsql as $$
begin
  update collaborators set account_id = new.id where account_id is null and email = lower(new.email);
  return null;
end $$;
create trigger accounts_give_grants after insert on accounts for each row execute function give_grants();

-- Bound to an e-mail address; gone once it is accepted, declined or revoked. Only the SHA-256 of its secret is kept.
create table team_invitations (
  id uuid primary key default gen_random_uuid(),
  team_id uuid not null references teams on delete cascade,
  email text not null check (email = lower(email) and email ~ '^[^@[:space:]]+@[^@[:space:]]+$'),
  role text not null check (role in ('owner', 'admin', 'member', 'collaborator', 'viewer')),
  token_hash bytea not null constraint team_invitations_token_hash_key unique,
  by_mail boolean not null, -- nobody but who reads the address's mail has the link
  invited_by uuid not null references accounts on delete cascade,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint team_invitations_email_key unique (team_id, email)
);

-- One person's app on its way to another person.
create table app_transfers (
  id uuid primary key default gen_random_uuid(),
  app_id uuid not null references apps on delete cascade,
  sender_id uuid not null references accounts on delete cascade,
  recipient_email text not null check (recipient_email = lower(recipient_email)),
  state text not null default 'pending' check (state in ('pending', 'accepted', 'declined')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index app_transfers_one_pending on app_transfers (app_id) where state = 'pending';
create index app_transfers_sender_id on app_transfers (sender_id);
create index app_transfers_recipient on app_transfers (recipient_email);

-- A destroyed team keeps its row, since names of apps stay with it. Nothing new may belong to it.
alter table teams add column destroyed_at timestamptz;
create function check_team_lives() returns trigger language plpgsql as $$
begin
  perform from teams where id = new.team_id and destroyed_at is null for key share;
  if not found then
    raise exception 'team % is gone', new.team_id using constraint = 'team_lives';
  end if;
  return new;
end $$;
create trigger apps_team_lives before insert or update of team_id on apps for each row execute function check_team_lives();
create trigger pipelines_team_lives before insert or update of team_id on pipelines for each row execute function check_team_lives();

-- Who asked for an attached one-off dyno, and with which token: only they may take it, and only while they still could ask.
alter table dynos add column attach_account_id uuid references accounts on delete set null;
alter table dynos add column attach_authorization_id uuid;

-- Told whenever somebody may have lost a permission: whoever serves a stream looks again.
create function notify_access() returns trigger language plpgsql as $$
begin
  perform pg_notify('access_changed', '');
  return null;
end $$;
create trigger team_members_notify_access after update or delete on team_members execute function notify_access();
create trigger collaborators_notify_access after update or delete on collaborators execute function notify_access();
create trigger apps_notify_access after update of team_id, locked, destroyed_at on apps execute function notify_access();
create trigger authorizations_notify_access after update of revoked_at, expires_at, token_hash, scope or delete on authorizations
  execute function notify_access();
