-- answers: The next free changeset number and region number.
-- params: none
-- returns: cs bigint, region_id bigint
-- grain: one row
-- order: none
select
    coalesce((select max(cs) from changeset), 0) + 1 as cs,
    coalesce((select max(region_id) from region), 0) + 1 as region_id;
