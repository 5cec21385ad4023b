"""CVAT's own XML, version 1.1, in its two kinds: annotations by image (`cvat-images`) and by track (`cvat-video`).

    <annotations>
      <version>1.1</version>
      <meta><task> <id/> <name/> <size/> <mode/> ... <labels/> </task> <dumped/></meta>
      <image id="0" name="a/b.jpg" width="640" height="480">
        <box label="car" source="manual" occluded="0" xtl="1.00" ytl="2.00" xbr="3.00" ybr="4.00" z_order="0">
          <attribute name="colour">red</attribute>
        </box>
      </image>
      <track id="0" label="car" source="manual">
        <box frame="0" keyframe="1" outside="0" occluded="0" xtl="1.00" ... z_order="0"> </box>
      </track>
    </annotations>

    images, video    the two formats, written;  keeps  what they carry, and the steps before they are written
    writing          <meta> and the document;  shapes  rows as elements;  texts  numbers by the column, escaping
    meta             <meta>, read
    reader           files as rows, in stretches (regular, regular_parts), or in pieces through the parser (parsing)
    cells, columns   what the XML attributes of elements are as columns, and all of them
    frame_matching   images and numbers of frames -> frames of the task
    build            columns -> dataset, with what programs read differently as values (Dialect)
    reading, server  all of a source's *.xml as one dataset, as people mean them and as the server's importer reads them

Source: https://docs.cvat.ai/docs/dataset_management/formats/format-cvat/ and CVAT 2.73 dataset_manager/formats/cvat.py
"""
