-- answers: Which versions of regions belong to a changeset that was never recorded, or are closed without one?
-- params: none
-- returns: subject varchar, amount bigint, example varchar
-- grain: one row per changeset
-- order: subject
select
    'changeset ' || coalesce(cs_close, cs_open) as subject,
    count(*) as amount,
    min(code) as example
from region_version
where cs_open not in (select cs from changeset)
   or cs_close not in (select cs from changeset)
   or (cs_close is null) <> (tx_to = timestamp '9999-12-31')
group by coalesce(cs_close, cs_open)
order by subject;
