-- answers: Every leaf cell on a day and whether somebody is in charge of it:
-- in_charge (a person's period is running), expired (only past periods), unassigned (nobody's land),
-- undivided (a leaf above the lowest level of the store, without a person), no_person (a grid without one).
-- grain: one row per leaf cell
create or replace macro leaf_duty(on_day) as table
with duties as (
    select
        region_code,
        bool_or(valid_from <= cast(on_day as date) and cast(on_day as date) < valid_to) as running,
        bool_or(valid_to <= cast(on_day as date)) as ended
    from responsibility
    where role <> 'council_member'            -- who sits on a council is not in charge
    group by region_code
)
select
    leaf.*,
    case
        when leaf.kind = 'unassigned' then 'unassigned'
        when duties.running then 'in_charge'
        when duties.ended then 'expired'
        when leaf.level <> 'red_grid' then 'undivided'
        else 'no_person'
    end as duty
from leaf_cell(on_day) as leaf
left join duties on duties.region_code = leaf.code;
