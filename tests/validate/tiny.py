"""Stand-in for the reader until it is there."""
import json
from annotools.model import DatasetBuilder, Label, AttributeSpec, Frames, Job, Task
def read(files):
    d={k:json.loads(v) for k,v in files.items()}
    labels=[]
    for l in d["labels.json"]:
        specs=lambda x: tuple(AttributeSpec(a["id"],a["name"],a["mutable"],a["input_type"],a["default_value"],tuple(a["values"])) for a in x.get("attributes",()))
        labels.append(Label(l["id"],l["name"],None,l["type"],"",specs(l),""))
        for s in l.get("sublabels",()): labels.append(Label(s["id"],s["name"],l["id"],s["type"],"",specs(s)))
    m=d["data_meta.json"]; t=d.get("task.json") or {}
    fr=Frames.of([f["name"] for f in m["frames"]],[f["width"] for f in m["frames"]],[f["height"] for f in m["frames"]],deleted=m["deleted_frames"])
    b=DatasetBuilder(Task(t.get("id",-1),t.get("name",""),t.get("mode","annotation"),t.get("dimension","2d")),labels,fr)
    j=d.get("job.json"); jr=-1
    if j: jr=b.add_job(Job(j["id"],j["type"],j["start_frame"],j["stop_frame"],included=tuple(m["included_frames"]) if m["included_frames"] and j["type"]=="ground_truth" else None))
    a=d["annotations.json"]
    at=lambda o:{x["spec_id"]:x["value"] for x in o.get("attributes",())}
    cm=lambda o:{k:o[k] for k in ("occluded","outside","z_order","rotation","group","source","score") if o.get(k) is not None}|{"id":-1 if o.get("id") is None else o["id"],"attributes":at(o),"job":jr}
    for x in a.get("tags",()): b.add_tag(x["frame"],x["label_id"],**{k:v for k,v in cm(x).items() if k in("group","source","id","attributes","job")})
    for x in a.get("shapes",()):
        p=b.add_shape(x["type"],x["frame"],x["label_id"],x.get("points",()),**cm(x))
        for e in x.get("elements",()): b.add_shape(e["type"],e["frame"],e["label_id"],e.get("points",()),parent=p,**cm(e))
    def track(x,parent=-1):
        c={k:v for k,v in cm(x).items() if k in("group","source","id","attributes","job")}
        r=b.add_track(x["label_id"],x["frame"],parent=parent,**c)
        for s in x["shapes"]: b.add_shape(s["type"],s["frame"],x["label_id"],s.get("points",()),track=r,**cm(s))
        for e in x.get("elements",()): track(e,r)
    for x in a.get("tracks",()): track(x)
    for x in a.get("intervals",()): b.add_interval(x["label_id"],x["start"],x.get("stop"),**{k:v for k,v in cm(x).items() if k in("group","source","id","attributes","score","job")})
    return b.dataset()
