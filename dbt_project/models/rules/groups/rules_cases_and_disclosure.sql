-- Grain: one row per report: tables 四 and 二 within the report, beside their identities.
{%- set cells = "proactive_disclosure__" %}
{%- set documents = ["regulations", "normative_documents"] %}
{%- set items = [] %}
{%- set made, new, negative = [], [], [] %}
{%- for cell in table_cells('proactive_disclosure') if cell.column == "change" %}
{%- do items.append(cell.row) %}
{%- set start = cells ~ cell.row ~ "__prior_year_items" %}
{%- do negative.append([
    start ~ " + " ~ cell.name ~ " < 0",
    "'" ~ cell.row ~ " ' || " ~ start ~ " || printf('%+d', " ~ cell.name ~ ")",
]) %}
{%- endfor %}
{%- for row in documents %}
{%- set row_cells = cells ~ row %}
{%- do made.append([
    row_cells ~ "__issued > " ~ row_cells ~ "__in_force + " ~ row_cells ~ "__repealed",
    words('issued', {"row": as_text(row), "count": row_cells ~ "__issued"}),
]) %}
{%- do new.append([
    row_cells ~ "__newly_disclosed > " ~ row_cells ~ "__total_disclosed",
    words('newly_disclosed', {"row": as_text(row), "count": row_cells ~ "__newly_disclosed"}),
]) %}
{%- endfor %}
{%- set version = cells ~ "form_version" %}
{%- set fee = columns_of_rule('fees_not_negative')[0] %}
{%- set regulations = {"2019": [], "2021": []} %}
{%- for name in columns_of_rule('rule_making_power') %}
{%- do regulations["2019" if name.endswith("newly_made") else "2021"].append(name) %}
{%- endfor %}
{%- set amount = cells ~ "central_procurement__amount_raw" %}
{%- set conditions = {
    "cases_cells_printed": {
        "applies": "reviews_and_lawsuits__form_version is not null",
        "holds": "cases_printed = cases_declared",
        "observed": words('cells', {"count": "cases_printed"}),
        "expected": words('cells', {"count": "cases_declared"}),
        "detail": words('without', {"cells": missing_cells('reviews_and_lawsuits')}),
    },
    "disclosure_cells_printed": {
        "applies": version ~ " is not null",
        "holds": "disclosures_printed = disclosures_declared",
        "observed": words('cells', {"count": "disclosures_printed"}),
        "expected": words('cells', {"count": "disclosures_declared"}),
        "detail": words('without', {"cells": missing_cells('proactive_disclosure')}),
    },
    "disclosure_made_in_force": {
        "applies": version ~ " = '2021'",
        "holds": none_of(made | map(attribute=0) | list),
        "observed": told(made),
    },
    "disclosure_new_within_total": {
        "applies": version ~ " = '2019'",
        "holds": none_of(new | map(attribute=0) | list),
        "observed": told(new),
    },
    "disclosure_items_not_negative": {
        "applies": version ~ " = '2019'",
        "holds": none_of(negative | map(attribute=0) | list),
        "observed": told(negative),
    },
    "fees_not_negative": {
        "applies": version ~ " = '2021'",
        "holds": fee ~ " >= 0",
        "observed": fee,
    },
    "procurement_count_amount": {
        "applies": version ~ " = '2019'",
        "holds": "(" ~ cells ~ "central_procurement__projects = 0) = (amount = 0)",
        "observed": words(
            'procured', {"projects": cells ~ "central_procurement__projects", "amount": amount}
        ),
    },
    "procurement_unit_stated": {
        "applies": version ~ " = '2019'",
        "holds": "amount = 0 or contains(" ~ amount ~ ", '元')",
        "observed": amount,
    },
    "rule_making_power": {
        "applies": version ~ " is not null",
        "holds": "case when regulations > 0 and is_government and region_level is null then null"
            " when regulations > 0 then is_government"
            " and region_level in ('province', 'prefecture') when has_regulations then true end",
        "observed": words('regulations', {"count": "regulations"}),
        "expected": "0",
    },
} %}
with levels as (
    {{ region_levels() }}
),

reports as (
    select
        reports.*,
        levels.region_level,
        {{ is_government('known.authority_zh') }} as is_government,
        {{- printed_cells('reviews_and_lawsuits') }} as cases_printed,
        {{ declared_cells('reviews_and_lawsuits') }} as cases_declared,
        {{- printed_cells('proactive_disclosure') }} as disclosures_printed,
        {{ declared_cells('proactive_disclosure') }} as disclosures_declared,
        greatest(
            {{ columns_of_rule('rule_making_power') | join(",\n            ") }}
        ) as regulations,
        case {{ version }}
            {%- for known, names in regulations.items() %}
            when '{{ known }}' then {{ names | join(" + ") }} is not null
            {%- endfor %}
        end as has_regulations,
        try_cast(
            regexp_extract(replace({{ amount }}, ',', ''), '[0-9]+([.][0-9]+)?') as double
        ) as amount
    from {{ ref('int_decided_reports') }} as reports
    inner join {{ ref('int_reports') }} as known on reports.report_key = known.report_key
    left join levels on reports.region_code = levels.region_code
),

{{ judged_rules('cases_and_disclosure', conditions, 'reports') }}
