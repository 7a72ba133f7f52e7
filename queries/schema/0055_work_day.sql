-- answers: How many days had been worked in China before each day: public holidays left out, make-up workdays in
-- (from the holiday calendar, written anew by every import of petitions).
-- grain: one row per day of the years whose holidays are known, and the day after
create table work_day (
    day            date not null,
    worked_before  integer not null
);
