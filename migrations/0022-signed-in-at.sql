-- When whoever has the session proved who they are: a provider of identities may have asked them long before.
alter table web_sessions add column signed_in_at timestamptz not null default now();
update web_sessions set signed_in_at = created_at;
