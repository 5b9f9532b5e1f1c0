{#-
    The day as of which reports are late or missing: the variable `as_of`, else the last
    on which a document was captured (what is printed as a date of publication may be a misprint).
-#}
{% macro as_of(reports) -%}
    {%- if var('as_of') -%}
        cast('{{ var("as_of") }}' as date)
    {%- else -%}
        (select max(captured_on) from {{ reports }})
    {%- endif -%}
{%- endmacro %}

{#- How a report expected stands on that day. -#}
{% macro coverage_status() -%}
    case
        when report_key is not null and least(published_on, captured_on) <= deadline then 'on_time'
        when report_key is not null and published_on > deadline then 'late'
        when report_key is not null then 'published'
        when as_of <= due_on then 'not_due'
        when was_on_file then 'vanished'
        else 'missing'
    end
{%- endmacro %}

{#- The day of a report's capture, in the country's time. -#}
{% macro captured_on(captured_at="captured_at") -%}
    cast({{ captured_at }} at time zone 'Asia/Shanghai' as date)
{%- endmacro %}

{#-
    The day that a report prints as that of its publication; null where it cannot be: before the last
    day of its year, or after its capture.
-#}
{% macro published_on() -%}
    case
        when
            try_cast(published as date) >= make_date(report_year, 12, 31)
            and try_cast(published as date) <= coalesce({{ captured_on() }}, try_cast(published as date))
            then try_cast(published as date)
    end
{%- endmacro %}
