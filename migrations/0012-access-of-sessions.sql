-- A browser's session lets in as a token does, and what it has opened ends with it.

alter table dynos add column attach_session_id uuid;

create trigger web_sessions_notify_access after delete on web_sessions execute function notify_access();
