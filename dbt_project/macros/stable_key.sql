{#- A signed 64-bit key of a text, the same as `contracts.raw_tables.key_of`. -#}
{% macro stable_key(expression) -%}
    cast(
        cast(cast('0x' || left(sha256({{ expression }}), 16) as ubigint) as hugeint)
        - 9223372036854775808 as bigint
    )
{%- endmacro %}
