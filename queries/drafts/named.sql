-- answers: The draft of a name, without its steps.
-- params: draft text
-- returns: draft varchar, title varchar, status varchar, base_cs bigint, base_day date, author varchar, published_cs bigint
-- grain: one row when there is one
-- order: none
select draft, title, status, base_cs, base_day, author, published_cs
from draft
where draft = $draft;
