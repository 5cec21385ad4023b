"""What a state can begin with.

sources.state_of("default" | "seed.json" | "coco.zip" | SeedBuilder | {...})
packaged: `default` and `empty`, made with the builder;  tables: a seed taken apart, after schema and checks
calls: the admin call that seeds
"""
