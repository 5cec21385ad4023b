"""The formats of Ultralytics' YOLO: a data.yaml, and one text file a picture with shares of its size."""
