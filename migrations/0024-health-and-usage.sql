-- Of the slug's app.json: a web dyno takes requests once a GET of this path has succeeded. Null: once it listens.
alter table slugs add column health_path text;

-- Dynos that run are told which features of their app concern them.
create trigger app_features_feed after insert or update or delete on app_features
  for each row execute function feed_marks();
