-- answers: What happened to the petitions of a scope.
-- params: none
-- returns: none
-- grain: one row per event
-- order: none
create or replace temp view petition_event as
select *
from g.petition_event
where petition_no in (
    select petition_no
    from g.petition
    where petition_id in (select record_id from own_record where record_kind = 'petition')
);
