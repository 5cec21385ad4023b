"""Commands with every option of theirs, right and wrong, and the files with settings that they read."""

from __future__ import annotations

FILES: dict[str, str] = {
    "good.toml": 'preset = "strict"\nselect = ["GEO", "TRK"]\nignore = "GEO004"\nfail-on = "warning"\n',
    "more.toml": '[severity]\nGEO007 = "info"\nMSK = "off"\n[options.GEO015]\npoints = 5\n[ignore-labels]\n'
    '"traffic*" = ["GEO"]\n[ignore-files]\n"*.jpg" = "MSK,GEO007"\n',
    "key.toml": 'presets = "strict"\n',
    "type.toml": "select = 5\n",
    "level.toml": 'fail-on = "fatal"\n',
    "no.toml": "= 5\n",
    "table.toml": 'severity = "x"\n',
    "deep.toml": "[options]\nGEO015 = 3\n",
    "other.toml": "ignore = [1]\n",
    "rule.toml": 'select = "GEOO"\n',
    "preset.toml": 'preset = "odd"\n',
    "base.toml": 'baseline = "known.json"\n',
    "sub/pyproject.toml": '[tool.annotools]\npreset = "strict"\n',
    "odd/pyproject.toml": "[tool]\nannotools = 5\n",
    "none/pyproject.toml": "[tool.other]\nx = 1\n",
    "quiet.json": '{"iou_threshold": 0.3, "target_metric": "recall", "max_validations_per_job": 2}',
    "low.json": '{"iou_threshold": 0.9}',
    "list.json": "[]",
    "word.json": '{"iou": 1}',
    "type.json": '{"iou_threshold": "x"}',
    "known.json": '{"version": 99}',
    "broken.json": "{",
    "quiet.xml": """<?xml version="1.0" encoding="utf-8"?>
<annotations><version>1.1</version><meta><task><labels><label><name>car</name><attributes></attributes></label></labels>
</task></meta>
<!-- annotools: ignore[GEO] -->
<image id="0" name="a.jpg" width="40" height="30">
<box label="car" source="manual" occluded="0" xtl="30" ytl="2" xbr="3" ybr="4" z_order="0"></box>
</image>
<image id="1" name="b.jpg" width="40" height="30">
<!-- annotools: ignore -->
<box label="car" source="manual" occluded="0" xtl="30" ytl="2" xbr="3" ybr="4" z_order="0"></box>
<box label="car" source="manual" occluded="2" xtl="-30" ytl="2" xbr="3" ybr="4" z_order="0"/>
<!-- annotools: ignore[odd, GEO007] -->
<box label="car" source="manual" occluded="0" xtl="30" ytl="2" xbr="3" ybr="4" z_order="0"/>
<!-- annotools: ignore[GEO] -->
</image>
</annotations>
""",
}
OPTIONS: tuple[tuple[str, ...], ...] = tuple(
    (line.replace('""', ""),)
    for line in """\
validate edges --format concise --max-per-rule 1 --config good.toml
validate edges --format concise --max-per-rule 1 --config more.toml
validate edges --format concise --max-per-rule 1 --config key.toml
validate edges --format concise --max-per-rule 1 --config type.toml
validate edges --format concise --max-per-rule 1 --config level.toml
validate edges --format concise --max-per-rule 1 --config no.toml
validate edges --format concise --max-per-rule 1 --config table.toml
validate edges --format concise --max-per-rule 1 --config deep.toml
validate edges --format concise --max-per-rule 1 --config other.toml
validate edges --format concise --max-per-rule 1 --config rule.toml
validate edges --format concise --max-per-rule 1 --config preset.toml
validate edges --format concise --max-per-rule 1 --config base.toml
validate edges --format concise --max-per-rule 1 --config sub/pyproject.toml
validate edges --format concise --max-per-rule 1 --config odd/pyproject.toml
validate edges --format concise --max-per-rule 1 --config none/pyproject.toml
validate edges --format concise --max-per-rule 1 --config gone.toml
validate edges --format concise --max-per-rule 1 --config good.toml --no-config
validate edges --format concise --max-per-rule 1 --exit-zero
validate edges --diff
validate edges --fix --in-place -o x
validate edges small --write-baseline k.json
validate edges --in-place
validate edges -o x
validate quiet.xml --format concise
validate quiet.xml --unsafe-fixes -o mended.xml
validate quiet.xml --preset strict --statistics
validate edges --max-per-rule 0 --select GEO --format full
validate edges --max-per-rule 1
validate edges --max-per-rule -1
validate edges --baseline base.json
validate small --task edges --baseline broken.json
validate jobs-tracks --job 1 --format concise
validate jobs-tracks --job 99
validate edges --as put --fail-on info --format concise
validate edges --fail-on odd
validate small --from coco --task edges --preset strict --format full
validate small --from coco --task edges --preset strict --format concise
validate small --from coco --task edges --preset strict --format json
validate small --from coco --task edges --preset strict --format jsonl
validate small --from coco --task edges --preset strict --format github
validate small --from coco --task edges --preset strict --format html
validate small --from coco --task edges --preset strict --format junit
validate small --from coco --task edges --preset strict --format gitlab
validate small --from coco --task edges --preset strict --format odd
validate small --from coco --task edges --preset strict --format summary
validate edges --unsafe-fixes --in-place --format json
validate edges --unsafe-fixes -o edges
validate edges --unsafe-fixes -o full
validate edges --unsafe-fixes -o full --force
validate edges --fix -o held --force
validate small --from coco --unsafe-fixes --in-place --force
validate tracks --fix -o x.zip --diff
validate edges drawn-0 --fix
validate - --from coco
validate edges/annotations.json --unsafe-fixes --in-place
validate edges/annotations.json
diff edges edges --tolerance 0.5 --limit 0
diff edges small --limit 2 --ignore group --ignore z_order
diff edges small --ignore odd
diff edges small --ignore labels --ignore frames --json --limit 1
diff edges tracks --tolerance x
diff small small --from coco
diff edges
diff edges -
stats edges --frames
stats edges --frames --json
stats small --from coco --task edges
stats jobs-tracks --job 1
stats edges --compat cvat
stats edges --on-error skip
stats
quality edges --truth small --settings quiet.json
quality edges --truth small --settings low.json
quality edges --truth small --settings list.json
quality edges --truth small --settings word.json
quality edges --truth small --settings type.json
quality edges --truth small --settings known.json
quality edges --truth small --settings broken.json
quality jobs-tracks --format full
quality jobs-tracks --format json
quality jobs-tracks --format csv
quality jobs-tracks --format html
quality jobs-tracks --format odd
quality jobs-tracks --format md
quality edges --truth small --metric accuracy --fail-under 0
quality edges --truth small --metric precision --fail-under 0.5
quality edges --truth small --metric recall --fail-under 1
quality edges --truth small --metric odd --fail-under 1
quality edges --truth small --metric accuracy --fail-under 2
quality edges --truth small --from coco
quality edges --truth nothing
quality small --task edges --truth edges
quality edges
quality edges --truth small --on-error skip --json
consensus jobs-tracks -o out.zip --settings quiet.json
consensus jobs-tracks -o out.zip --settings low.json
consensus jobs-tracks -o out.zip --settings word.json
consensus judged -o out.zip
consensus judged -o out --to coco
consensus judged -o out --json
consensus judged -o out --to odd
consensus judged -o out --to mot --strict
consensus judged -o full
consensus judged -o out --settings low.json --json
consensus nothing -o out
consensus judged
rules --preset strict
rules --preset odd
rules --preset upload --json
rule
rule GEO
rule GEO007 --json
rule geo007
formats coco --json
formats COCO
formats coc
transforms round --json
transforms --json
transforms rond
odd
stats --help
convert --help
completion --help
completion odd
quality judged jobs-tracks
quality judged jobs-tracks --json
quality judged jobs-tracks --fail-under 0.99
quality judged judged --fail-under 0 --format csv
quality jobs-tracks tracks --fail-under 0.5
quality edges tracks judged
convert edges --to coco -o /dev/full
convert edges --to coco -o o.json --report /dev/full
validate edges --write-baseline /dev/full
validate edges --unsafe-fixes -o /dev/null
stats /dev/null
validate -h
diff --help
quality --help
consensus --help
formats --help
transforms --help
rules --help
rule --help
mock --help
mock serve --help
mock check --help
mock record --help
mock drift --help
mock coverage --help
mock coverage
mock coverage --format json
mock coverage --format markdown
mock coverage --format odd
mock coverage --server 2.80
mock coverage --server 3
mock odd
mock serve --seed nothing
mock serve --server 1.0
mock check --url http://127.0.0.1:9 --scenario known.json
mock check --url http://127.0.0.1:9 --pack nothing
mock record --upstream http://127.0.0.1:9 -o out.json
mock drift
mock drift --upstream http://127.0.0.1:9 --against sdk
convert
convert edges --to coco -o - --json
convert edges --to coco -o o.zip --images photos --no-images
convert edges --to coco -o o.zip --jobs 1
convert pictures --to coco -o o.zip --no-images
convert pictures --to yolo -o out
convert edges --to coco -o o.json --report o.json
convert edges --to coco -o o.json --report edges
convert edges --to coco -o o.json --workers 0
convert edges --to coco -o o.json --workers 2 --engine dask://x:1
convert edges --to coco -o o.json --engine odd://x
convert edges --to coco -o o.json --set masks
convert edges --to coco -o o.json --map =x
convert edges --to coco -o o.json --strict --report r.json --json
convert edges --to coco
convert edges nothing small --to coco -o out/{stem}.zip --on-error skip --report r.json
convert nothing gone --to coco -o out/{stem}.zip
convert nothing gone --to coco -o out/{stem}.zip --on-error skip
convert odd.json edges --to coco -o out/{stem}.zip --report r.json
convert edges small --to coco -o out/{stem}.zip --json
convert edges --to coco -o out/{odd}.zip
convert edges --to yolo -o out --strict-all --report r.json
convert - --from coco --to yolo -o out
""".splitlines()
)
_TO_COCO = "convert edges small --to coco -o out/{stem}.zip --resume"
_TO_YOLO = "convert edges small --to yolo -o out/{stem} --resume"
AGAIN: tuple[tuple[str, ...], ...] = (
    (_TO_COCO, "!forget out/edges.zip", _TO_COCO, "!change out/small.zip", _TO_COCO, "!change edges/annotations.json",
     f"{_TO_COCO} --set masks=polygons"),
    (_TO_YOLO, "!forget out/edges/obj.data", _TO_YOLO, "convert edges --to yolo -o out/{stem} --resume"),
    (_TO_COCO, "!break out", _TO_COCO),
    ("validate edges --write-baseline base.json", "!change base.json", "validate edges --baseline base.json"),
)  # fmt: skip
