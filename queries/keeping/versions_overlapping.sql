-- answers: Which regions are believed to be in force twice on one day?
-- params: none
-- returns: subject varchar, amount bigint, example varchar
-- grain: one row per region
-- order: subject
with run as (
    select region_id, code, valid_from, lag(valid_to) over (partition by region_id order by valid_from) as ended
    from believed()
)
select 'region ' || region_id as subject, count(*) as amount, min(code) as example
from run
where ended > valid_from
group by region_id
order by subject;
