-- Why something is asked for, and who said no to it and why.
alter table approval_requests
  add column reason text,
  add column refused_by uuid references accounts,
  add column refused_by_name text,
  add column refusal text,
  add constraint approval_requests_refused check ((refused_by_name is null) or (withdrawn_at is not null));
