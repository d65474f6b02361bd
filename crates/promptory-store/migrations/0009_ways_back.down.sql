DROP TABLE taken_back;
DROP TABLE way_back;
