{#-
    A printed number as decimal(24, 6); of what is none, an error or, with `try_cast`, null. DuckDB
    reads text into a decimal of more than 18 digits dozens of times slower than into one of 18:
    what fits there goes that way, to the same value, but for powers of ten, which it rounds twice.
-#}
{% macro printed_decimal(text, cast="cast") -%}
    coalesce(
        cast(
            try_cast(case when {{ text }} not ilike '%e%' then {{ text }} end as decimal(18, 6))
            as decimal(24, 6)
        ),
        {{ cast }}({{ text }} as decimal(24, 6))
    )
{%- endmacro %}
