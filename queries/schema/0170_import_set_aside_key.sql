-- answers: Which key sealed a row that was set aside; null where it is kept no longer, or lies as it was before.
-- grain: none
alter table import_set_aside add column if not exists key_id text;
