-- How a person becomes an actor: passwords, second factors, sessions, one-time links, and the CLI's login.

alter table accounts
  add column password_hash text, -- null: nobody can sign in with a password
  add column two_factor boolean not null default false,
  add column last_login_at timestamptz;

alter table events add column session_id uuid;
alter table events drop constraint events_action_check;
alter table events add constraint events_action_check check (action in ('create', 'update', 'destroy', 'refuse'));

-- A data key belongs to an app or to an account.
alter table data_keys drop constraint data_keys_pkey;
alter table data_keys
  alter column app_id drop not null,
  add column account_id uuid constraint data_keys_account_id_key unique references accounts on delete cascade,
  add constraint data_keys_app_id_key unique (app_id),
  add constraint data_keys_one_owner check (num_nonnulls(app_id, account_id) = 1);

-- A browser that has signed in. Its cookie holds a secret of which only the SHA-256 is here.
create table web_sessions (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references accounts on delete cascade,
  secret_hash bytea not null constraint web_sessions_secret_hash_key unique,
  level text not null check (level in ('half', 'full')), -- half: the second factor is still to come
  remote_address text,
  user_agent text,
  created_at timestamptz not null default now(), -- when password and second factor were given
  last_used_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index web_sessions_account_id on web_sessions (account_id);

-- The seed is sealed under the account's data key. Until it is confirmed it counts for nothing.
create table two_factors (
  account_id uuid primary key references accounts on delete cascade,
  sealed_seed text not null,
  confirmed_at timestamptz,
  last_step bigint not null default 0, -- a code is good once
  created_at timestamptz not null default now()
);

create table recovery_codes (
  account_id uuid not null references two_factors (account_id) on delete cascade,
  code_hash bytea not null,
  used_at timestamptz,
  primary key (account_id, code_hash)
);

-- A link that lets its holder set the password of one account, once. A newer one of its kind takes its place.
create table account_links (
  account_id uuid not null references accounts on delete cascade,
  kind text not null check (kind in ('setup', 'reset')),
  token_hash bytea not null constraint account_links_token_hash_key unique,
  expires_at timestamptz, -- null: until it is used
  created_at timestamptz not null default now(),
  primary key (account_id, kind)
);

-- A CLI that asks for a token, and the person in a browser who says yes or no.
create table cli_logins (
  id uuid primary key default gen_random_uuid(),
  browser_hash bytea not null constraint cli_logins_browser_hash_key unique,
  cli_hash bytea not null constraint cli_logins_cli_hash_key unique,
  description text not null,
  remote_address text,
  state text not null default 'waiting' check (state in ('waiting', 'approved', 'denied', 'done')),
  account_id uuid references accounts on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  constraint cli_logins_approved_by check (state not in ('approved', 'done') or account_id is not null)
);
create index cli_logins_remote_address on cli_logins (remote_address);
create function notify_cli_login() returns trigger language plpgsql as $$
begin
  perform pg_notify('cli_login_changed', new.id::text);
  return null;
end $$;
create trigger cli_logins_notify after update on cli_logins for each row execute function notify_cli_login();

-- Attempts to sign in, by what they have in common. A row that rests for an hour counts anew.
create table sign_in_attempts (
  subject bytea primary key, -- SHA-256 of address, of e-mail address, or of both
  attempts integer not null,
  last_at timestamptz not null default now(),
  blocked_until timestamptz
);

-- From where an account has signed in: attempts from elsewhere do not slow down sign-ins from there.
create table known_addresses (
  account_id uuid not null references accounts on delete cascade,
  address text not null,
  last_at timestamptz not null default now(),
  primary key (account_id, address)
);
