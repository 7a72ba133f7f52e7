-- answers: Whether the log says already that an account was refused something since a moment.
-- params: account text, object text, since timestamp
-- returns: known boolean
-- grain: one row
-- order: none
select count(*) > 0 as known
from audit_entry
where done_at >= $since
  and action = 'refused'
  and account = $account
  and object = $object;
