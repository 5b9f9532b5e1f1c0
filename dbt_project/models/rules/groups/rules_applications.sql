-- Grain: one row per report: table 三 within the report, beside its identities.
{%- set parts = applicant_columns() %}
{%- set rows = parameter('applications_copied_columns', 'rows') %}
{%- set last_part = flow_cell('new_received', parts[-1]) %}
{%- set received = flow_cell('new_received') %}
{%- set is_printed = "applications__form_version is not null" %}
{%- set over, bounded, decided = [], [], [] %}
{%- for part in parts + ["total"] %}
{%- set done, left = flow_cell('decided', part), flow_cell('carried_out', part) %}
{%- do over.append("greatest(" ~ done ~ ", " ~ left ~ ") > " ~ came_in(part)) %}
{%- do bounded.append(came_in(part) ~ " + " ~ done ~ " + " ~ left ~ " is not null") %}
{%- do decided.append(done ~ " is not null") %}
{%- endfor %}
{%- set repeats = [] %}
{%- for pair in pairs_of(parts) %}
{%- do repeats.append([are_copies(pair[0], pair[1], rows), "'" ~ pair | join(" = ") ~ "'"]) %}
{%- endfor %}
{%- set conditions = {
    "applications_cells_printed": {
        "applies": is_printed,
        "holds": "cells_printed = cells_declared",
        "observed": words('cells', {"count": "cells_printed"}),
        "expected": words('cells', {"count": "cells_declared"}),
        "detail": words('without', {"cells": missing_cells('applications')}),
    },
    "applications_feasible": {
        "applies": is_printed ~ " and cells_printed < cells_declared",
        "holds": "impossible is null",
        "observed": "impossible",
    },
    "applications_flow_bounds": {
        "applies": is_printed,
        "holds": "case when columns_over > 0 then false when columns_bounded = "
            ~ over | length ~ " then true end",
        "observed": words('columns', {"count": "columns_over"}),
        "expected": words('columns', {"count": 0}),
    },
    "applications_undecided": {
        "applies": is_printed,
        "holds": received ~ " < " ~ parameter('applications_undecided', 'least')
            ~ " or " ~ flow_cell('decided') ~ " > 0",
        "observed": words('decided', {"count": 0}),
        "detail": words('newly_received', {"count": received}),
    },
    "applications_copied_columns": {
        "applies": is_printed,
        "holds": "case when copied is not null then false when columns_decided = "
            ~ over | length ~ " then true end",
        "observed": "copied",
    },
    "applications_one_applicant_type": {
        "applies": is_printed,
        "holds": received ~ " < " ~ parameter('applications_one_applicant_type', 'least')
            ~ " or " ~ last_part ~ " < " ~ received,
        "observed": last_part ~ " || ' " ~ parts[-1] ~ "'",
    },
} %}
with reports as (
    select
        *,
        {{- printed_cells('applications') }} as cells_printed,
        {{ declared_cells('applications') }} as cells_declared,
        {{- count_true(over) }} as columns_over,
        {{- count_true(bounded) }} as columns_bounded,
        {{- count_true(decided) }} as columns_decided
    from {{ ref('int_decided_reports') }}
),

terms as (
    {{ identity_terms('applications', 'reports', 'cells_printed < cells_declared') }}
),

incomplete as (
    select
        report_key,
        string_agg(identity, ', ' order by sort_order) as impossible
    from terms
    where {{ is_impossible('added', 'taken') }}
    group by report_key
),

-- Columns can only be copies of each other where as much was decided in both.
columns_listed as (
    select
        report_key,
        {%- for part in parts %}
        {{ as_list(column_cells(part)) }} as {{ part }}
        {%- if not loop.last %},{% endif %}
        {%- endfor %}
    from reports
    where
        (
            {%- for pair in pairs_of(parts) %}
            {% if not loop.first %}or {% endif %}{{ flow_cell('decided', pair[0]) }}
            = nullif({{ flow_cell('decided', pair[1]) }}, 0)
            {%- endfor %}
        )
),

copies as (
    select
        report_key,
        nullif({{ told(repeats) }}, '') as copied
    from columns_listed
),

joined as (
    select
        reports.*,
        incomplete.impossible,
        copies.copied
    from reports
    left join incomplete on reports.report_key = incomplete.report_key
    left join copies on reports.report_key = copies.report_key
),

{{ judged_rules('applications', conditions, 'joined') }}
