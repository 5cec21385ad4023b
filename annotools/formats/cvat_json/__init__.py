"""CVAT's own JSON: what the API returns (`cvat-api`) and what a task's backup holds (`cvat-backup`).

Both say annotations alike, as LabeledData:

    {"version": 0, "tags": [..], "shapes": [..], "tracks": [{"shapes": [..], "elements": [..]}], "intervals": [..]}

The API names labels and attributes by id (`label_id`, `spec_id`), a backup by name (`label`, `name`).

    wire        the rows of the wire as types, one set for ids and one for names
    split       a document into undecoded pieces, and what can be saved of a damaged one
    decode      pieces -> typed rows, a few thousand at a time
    lenient     a piece that is not as it should be: what the server would take, and every fault of the rest
    names       names -> ids
    columns     typed rows -> columns of the hub, and where each row stood
    encode      the hub -> LabeledData, a few thousand rows at a time
    extras      keys that no column holds, when they are asked for
    fields      typed access to the small JSON objects that define a task
    labels, tasks, meta, manifest   labels; task and jobs; frames as the API and as a backup list them
    ready       what a dataset needs before it is written
    bundle, api                     the API's answers as a folder or zip
    backup, backup_parts, backup_ready   the backup's members, its task.json, what it needs

Source: https://docs.cvat.ai/docs/api_sdk/ (schemas LabeledData, Label, DataMetaRead, TaskRead, JobRead).
"""
