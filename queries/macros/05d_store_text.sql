-- answers: A word that holds for the whole store: as set, otherwise its usual value.
-- grain: one value
create or replace macro store_text(name, otherwise) as
coalesce((select value from store_setting where key = name), otherwise);
