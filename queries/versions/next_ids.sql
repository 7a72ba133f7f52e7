-- answers: The next free changeset number and region number, and when the last changeset was recorded.
-- params: none
-- returns: cs bigint, region_id bigint, last_recorded timestamp
-- grain: one row
-- order: none
select
    coalesce((select max(cs) from changeset), 0) + 1 as cs,
    coalesce((select max(region_id) from region), 0) + 1 as region_id,
    (select max(recorded_at) from changeset) as last_recorded;
