-- answers: Lets this session believe of the petitions what was last reported before a moment, their due times as they were
-- worked out by then.
-- params: moment timestamp
-- returns: none
-- grain: one row per petition
-- order: none
create temp table petition as
with known as (
    select import_id
    from import
    where imported_at <= $moment
),
reported as (
    select * exclude (replaced_at, replaced_by)
    from petition_past
    where replaced_at > $moment
    union all by name
    select *
    from petition
),
deadline as (
    select
        petition_id,
        count(*) filter (import_id in (select import_id from known)) > 0 as was_known,
        last(due_at order by rowid) filter (import_id in (select import_id from known)) as due_at
    from petition_deadline
    group by petition_id
)
select reported.* replace (
    case
        when deadline.was_known then deadline.due_at
        when deadline.petition_id is not null then reported.due_reported_at
        else reported.due_at
    end as due_at
)
from reported
left join deadline on deadline.petition_id = reported.petition_id
where reported.import_id in (select import_id from known);
