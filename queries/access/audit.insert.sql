-- answers: Appends a row to the log.
-- params: seq bigint, done_at timestamp, account text, role text, action text, object text, reason text, rows_seen bigint, detail text, seal text
-- returns: none
-- grain: one row
-- order: none
insert into audit_entry (seq, done_at, account, role, action, object, reason, rows_seen, detail, seal)
values ($seq, $done_at, $account, $role, $action, $object, $reason, $rows_seen, $detail, $seal);
