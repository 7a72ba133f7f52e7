-- answers: Whether a category is among those chosen; an empty choice means all.
-- grain: one value
create or replace macro in_categories(category, chosen) as
len(cast(chosen as text[])) = 0 or list_contains(cast(chosen as text[]), category);
