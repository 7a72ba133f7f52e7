-- answers: The last day of a period, no later than today: figures of a state are of this day.
-- grain: one value
create or replace macro period_last_day(until, now) as
case
    when cast(until as timestamp) <= cast(now as timestamp) then cast(until as date) - 1
    else cast(now as date)
end;
