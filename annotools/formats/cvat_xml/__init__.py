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

    images, video    the two formats;  keeps  what they carry, and the steps before they are written
    numbers          columns of numbers as text with two decimals, and back
    texts            escaping, and attributes as elements
    shapes           rows of shapes as elements
    header           <meta>, written;  definitions  <meta>, read
    pictures         what is written along
    parsing          the stream of elements, in pieces (pieces);  columns, gathering  a piece as columns, all of them
    placing          images and numbers of frames -> frames of the task;  naming  names -> labels, attributes
    assembling       columns -> dataset
    sniffing         which of the two a file is
    reading          all of a source's *.xml as one dataset

Source: https://docs.cvat.ai/docs/dataset_management/formats/format-cvat/ and CVAT 2.73 dataset_manager/formats/cvat.py
"""
