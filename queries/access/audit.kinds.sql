-- answers: How many rows of the log each account has of each action, on some days.
-- params: since date, until date
-- returns: account varchar, action varchar, entries bigint
-- grain: one row per account and action
-- order: account, action
select account, action, count(*) as entries
from audit_entry
where ($since is null or done_at >= $since)
  and ($until is null or done_at < $until::date + 1)
group by account, action
order by account, action;
