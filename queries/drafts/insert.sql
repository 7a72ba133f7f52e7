-- answers: Begins a draft.
-- params: draft text, title text, base_cs bigint, base_day date, author text, created_at timestamp
-- returns: none
-- grain: one row
-- order: none
insert into draft (draft, title, base_cs, base_day, status, author, created_at)
values ($draft, $title, $base_cs, $base_day, 'open', $author, $created_at);
