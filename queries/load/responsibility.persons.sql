-- answers: Records names and telephone numbers of the people in the staged file, in the table of personal data.
-- params: none
-- returns: none
-- grain: one row per person
-- order: none
insert or replace into person (person_no, person_name, phone)
select person_no, last(person_name order by row_no), last(phone order by row_no)
from staged
group by person_no;
