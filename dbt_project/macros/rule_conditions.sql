{#- The cells that an identity adds (1) or takes away (-1) in a form version. -#}
{% macro terms_of(identity, version, sign) -%}
    {%- set cells = [] -%}
    {%- for sum in identity.sums if version in sum.versions -%}
        {%- for weight, cell, year_offset in sum.terms if weight == sign -%}
            {%- do cells.append(cell) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(cells) }}
{%- endmacro %}

{#- The enforced identities of a table over a relation: the cells each adds and takes away. -#}
{% macro identity_terms(table, relation, condition) -%}
    {%- for group in identity_groups() if group.table == table %}
    {%- set enforced = group.identities | selectattr("enforced") | list %}
    select
        report_key,
        unnest(range({{ enforced | length }})) as sort_order,
        unnest(['{{ enforced | map(attribute="id") | join("', '") }}']) as identity,
        {%- for sign, name in ((1, "added"), (-1, "taken")) %}
        unnest([
            {%- for identity in enforced %}
            {{ as_list(terms_of(identity, group.version, sign)) }}{{ "," if not loop.last }}
            {%- endfor %}
        ]) as {{ name }}{{ "," if not loop.last }}
        {%- endfor %}
    from {{ relation }}
    where {{ condition }} and {{ table }}__form_version = '{{ group.version }}'
    {{ "union all" if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#-
    Whether no natural numbers in the places of the missing terms bring an identity's sum to zero:
    what the printed terms leave has a sign that no missing term can offset.
-#}
{% macro is_impossible(added, taken) -%}
    case sign(coalesce(list_sum({{ added }}), 0) - coalesce(list_sum({{ taken }}), 0))
        when 1 then list_count({{ taken }}) = len({{ taken }})
        when -1 then list_count({{ added }}) = len({{ added }})
        else false
    end
{%- endmacro %}

{#- How many of some conditions are true; a null one is not. -#}
{% macro count_true(conditions) -%}
    {%- for condition in conditions %}
        {{ "+ " if not loop.first }}coalesce(cast({{ condition }} as integer), 0)
    {%- endfor %}
{%- endmacro %}

{#- Two lists of cells that agree in every place, at least `rows` of them above zero. -#}
{% macro are_copies(first, second, rows) -%}
    {{ first }} = {{ second }} and len(list_filter({{ first }}, lambda x: x > 0)) >= {{ rows }}
{%- endmacro %}

{#-
    Whether none of some conditions is true, given that all are assessed: false where one is true,
    null where none is and one is null.
-#}
{% macro none_of(conditions) -%}
    not ({{ conditions | join(" or ") }})
{%- endmacro %}

{#- A name of the code as text of SQL. -#}
{% macro as_text(name) -%}
    {{ return("'" ~ name ~ "'") }}
{%- endmacro %}

{#-
    What a rule says of what it found, as contracts/rules/words.yml spells it in English: an
    expression, `values` being those of its places.
-#}
{% macro words(id, values={}) -%}
    {%- set english = rule_data().words[id] -%}
    {%- set text = namespace(sql="'" ~ english | replace("'", "''") ~ "'") -%}
    {%- for name, value in values.items() -%}
        {%- set text.sql = text.sql | replace("{" ~ name ~ "}", "' || (" ~ value ~ ") || '") -%}
    {%- endfor -%}
    {%- if not english or "{" in text.sql -%}
        {{ exceptions.raise_compiler_error("contracts/rules/words.yml: " ~ id ~ ": " ~ english) }}
    {%- endif -%}
    {{ return(text.sql) }}
{%- endmacro %}

{#- What a rule says of the places where a condition is true, as one text. -#}
{% macro told(pairs) -%}
    concat_ws(', '
    {%- for condition, text in pairs %},
        case when {{ condition }} then {{ text }} end
    {%- endfor %})
{%- endmacro %}

{#- The condition that a figure is less than the sum over those below, and what to say of it. -#}
{% macro pairs_short_of(columns, below) -%}
    {%- set pairs = [] -%}
    {%- for column in columns -%}
        {%- do pairs.append([
            column ~ " < " ~ below ~ "__" ~ column,
            "'" ~ column ~ " ' || " ~ column ~ " || ' < ' || " ~ below ~ "__" ~ column,
        ]) -%}
    {%- endfor -%}
    {{ return(pairs) }}
{%- endmacro %}
