-- What a team decides for its members and for its new pipelines.

alter table teams
  -- What the role of a member gives on the team's unlocked apps and its pipelines. Those who manage are made admins.
  add column member_permissions text[] not null default '{view,deploy,operate}'
    check (is_permission_set(member_permissions) and not 'manage' = any (member_permissions)),
  -- With which auto-join new pipelines of the team begin.
  add column ephemeral_auto_join boolean not null default true;

create trigger teams_notify_access after update of member_permissions on teams for each row
  when (old.member_permissions is distinct from new.member_permissions) execute function notify_access();
