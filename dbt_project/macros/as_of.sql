{#-
    The day as of which reports are late or missing: the variable `as_of`, else the last
    on which a document was captured (what is printed as a date of publication may be a misprint).
-#}
{% macro as_of() -%}
    {%- if var('as_of') -%}
        cast('{{ var("as_of") }}' as date)
    {%- else -%}
        (
            select max(cast(captured_at at time zone 'Asia/Shanghai' as date))
            from {{ ref('int_reports') }}
        )
    {%- endif -%}
{%- endmacro %}

{#- How a report expected stands on that day. -#}
{% macro coverage_status() -%}
    case
        when report_key is not null and least(published_on, captured_on) <= deadline then 'on_time'
        when report_key is not null and published_on > deadline then 'late'
        when report_key is not null then 'published'
        when as_of <= coalesce(deadline, make_date(report_year + 1, 3, 31)) then 'not_due'
        when was_on_file then 'vanished'
        else 'missing'
    end
{%- endmacro %}
