-- answers: Leaves of the petitions only those that ever lay inside the excerpt and can count in a period: open ones, and
-- those of which anything happened, or was due, since it began (and in the window of hot issues before it). Of their
-- columns only those asked about are left.
-- params: region_id bigint, since date, words text[]
-- returns: none
-- grain: one row per petition
-- order: none
create table petition as
with bounds as (
    select coalesce($since, date '1900-01-01') - to_days(cast(store_number('hot_days', 30) as integer)) as since
),
touched as (
    select petition_id
    from petition_course
    where greatest(dispatched_at, returned_at, extended_at, responded_at, disposed_at, verified_at, reworked_at,
                   rated_at, bad_rated_at, corrected_at, supervised_at) >= (select since from bounds)
),
settled as (  -- apart from those that moved: in which region they lie is a plain condition, and read first
    select columns(lambda name: list_contains($words, name))
    from petition
    where settled_in in (select region_id from inside_region($region_id))
      and (status not in ('closed', 'rejected', 'merged', 'split', 'void')
           or greatest(received_at, accepted_at, filed_at, dispatched_at, signed_at, disposed_at, closed_at, due_at)
              >= (select since from bounds)
           or petition_id in (select petition_id from touched))
),
moved as (
    select columns(lambda name: list_contains($words, name))
    from petition
    where petition_id in (select petition_id from petition_moved
                          where region_id in (select region_id from inside_region($region_id)))
)
select *
from settled
union all
select *
from moved;
