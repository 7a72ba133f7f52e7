-- answers: Derives every region's ancestors over time from the versions believed today.
-- params: none
-- returns: none
-- grain: one row per region, level and period
-- order: none
insert into ancestry
with recursive chain as (
    select region_id, level, region_id as ancestor_id, parent_id, valid_from, valid_to
    from believed()
    union all
    select
        chain.region_id, parent.level, parent.region_id, parent.parent_id,
        greatest(chain.valid_from, parent.valid_from), least(chain.valid_to, parent.valid_to)
    from chain
    join believed() as parent
      on parent.region_id = chain.parent_id
     and parent.valid_from < chain.valid_to
     and chain.valid_from < parent.valid_to
)
select region_id, level, ancestor_id, valid_from, valid_to
from chain
union all
select region_id, 'total', 0, valid_from, valid_to
from believed()
union all
select 0, 'total', 0, date '1900-01-01', date '9999-12-31';
