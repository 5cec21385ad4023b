"""Jobs: ground truth, overlaps, honeypots, replicas, what a request does to what is there."""
