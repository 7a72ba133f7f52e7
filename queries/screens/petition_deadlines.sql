-- answers: Every deadline a petition ever had, the latest last: the old one is kept when its class changes, it is extended
-- or its clock stops.
-- params: petition_no text
-- returns: item_code varchar, first_due_at timestamp, due_at timestamp, stopped boolean, imported_at timestamp
-- grain: one row per change
-- order: imported_at
select deadline.item_code, deadline.first_due_at, deadline.due_at, deadline.stopped, import.imported_at
from petition_deadline as deadline
join petition on petition.petition_id = deadline.petition_id
left join import on import.import_id = deadline.import_id
where petition.petition_no = $petition_no
order by imported_at;
