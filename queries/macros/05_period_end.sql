-- answers: The moment a period ends, no later than now: figures "at the end of the period" are of this moment.
-- grain: one value
create or replace macro period_end(until, now) as
least(coalesce(cast(until as timestamp), cast(now as timestamp)), cast(now as timestamp));
