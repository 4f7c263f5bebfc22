// An electrolyte above a metal; they share the curve "anode". Lengths in micrometres.
// The sections touch at z = 0 (here: y) and are 4 wide, 2 and 1 high.
SetFactory("Built-in");
h = 1;
Point(1) = {0, -1, 0, h};
Point(2) = {4, -1, 0, h};
Point(3) = {4, 0, 0, h};
Point(4) = {0, 0, 0, h};
Point(5) = {4, 2, 0, h};
Point(6) = {0, 2, 0, h};
Line(1) = {1, 2};
Line(2) = {2, 3};
Line(3) = {3, 4};
Line(4) = {4, 1};
Line(5) = {3, 5};
Line(6) = {5, 6};
Line(7) = {6, 4};
Curve Loop(1) = {1, 2, 3, 4};
Curve Loop(2) = {-3, 5, 6, 7};
Plane Surface(1) = {1};
Plane Surface(2) = {2};
Physical Surface("metal") = {1};
Physical Surface("electrolyte") = {2};
Physical Curve("collector") = {1};
Physical Curve("anode") = {3};
Physical Curve("counter") = {6};
