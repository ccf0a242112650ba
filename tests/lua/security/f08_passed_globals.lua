-- EXPECT: parse -- the script's own globals are free variables too: 1,400 of them pass 190 functions
local function g() local function g() local function g() local function g() local function g() local function
g() local function g() local function g() local function g() local function g() local function g() local
function g() local function g() local function g() local function g() local function g() local function g()
local function g() local function g() local function g() local function g() local function g() local function
g() local function g() local function g() local function g() local function g() local function g() local
function g() local function g() local function g() local function g() local function g() local function g()
local function g() local function g() local function g() local function g() local function g() local function
g() local function g() local function g() local function g() local function g() local function g() local
function g() local function g() local function g() local function g() local function g() local function g()
local function g() local function g() local function g() local function g() local function g() local function
g() local function g() local function g() local function g() local function g() local function g() local
function g() local function g() local function g() local function g() local function g() local function g()
local function g() local function g() local function g() local function g() local function g() local function
g() local function g() local function g() local function g() local function g() local function g() local
function g() local function g() local function g() local function g() local function g() local function g()
local function g() local function g() local function g() local function g() local function g() local function
g() local function g() local function g() local function g() local function g() local function g() local
function g() local function g() local function g() local function g() local function g() local function g()
local function g() local function g() local function g() local function g() local function g() local function
g() local function g() local function g() local function g() local function g() local function g() local
function g() local function g() local function g() local function g() local function g() local function g()
local function g() local function g() local function g() local function g() local function g() local function
g() local function g() local function g() local function g() local function g() local function g() local
function g() local function g() local function g() local function g() local function g() local function g()
local function g() local function g() local function g() local function g() local function g() local function
g() local function g() local function g() local function g() local function g() local function g() local
function g() local function g() local function g() local function g() local function g() local function g()
local function g() local function g() local function g() local function g() local function g() local function
g() local function g() local function g() local function g() local function g() local function g() local
function g() local function g() local function g() local function g() local function g() local function g()
local function g() local function g() local function g() local function g() local function g() local function
g() local function g() local function g() local function g() local function g() local function g() local
function g() local function g() local function g() local function g() local function g() local function g()
local function g() local function g() local function g()
local t = {
  G0, G1, G2, G3, G4, G5, G6, G7, G8, G9, G10, G11, G12, G13, G14, G15, G16, G17, G18, G19, G20, G21, G22, G23, G24,
  G25, G26, G27, G28, G29, G30, G31, G32, G33, G34, G35, G36, G37, G38, G39, G40, G41, G42, G43, G44, G45, G46, G47,
  G48, G49, G50, G51, G52, G53, G54, G55, G56, G57, G58, G59, G60, G61, G62, G63, G64, G65, G66, G67, G68, G69, G70,
  G71, G72, G73, G74, G75, G76, G77, G78, G79, G80, G81, G82, G83, G84, G85, G86, G87, G88, G89, G90, G91, G92, G93,
  G94, G95, G96, G97, G98, G99, G100, G101, G102, G103, G104, G105, G106, G107, G108, G109, G110, G111, G112, G113,
  G114, G115, G116, G117, G118, G119, G120, G121, G122, G123, G124, G125, G126, G127, G128, G129, G130, G131, G132,
  G133, G134, G135, G136, G137, G138, G139, G140, G141, G142, G143, G144, G145, G146, G147, G148, G149, G150, G151,
  G152, G153, G154, G155, G156, G157, G158, G159, G160, G161, G162, G163, G164, G165, G166, G167, G168, G169, G170,
  G171, G172, G173, G174, G175, G176, G177, G178, G179, G180, G181, G182, G183, G184, G185, G186, G187, G188, G189,
  G190, G191, G192, G193, G194, G195, G196, G197, G198, G199, G200, G201, G202, G203, G204, G205, G206, G207, G208,
  G209, G210, G211, G212, G213, G214, G215, G216, G217, G218, G219, G220, G221, G222, G223, G224, G225, G226, G227,
  G228, G229, G230, G231, G232, G233, G234, G235, G236, G237, G238, G239, G240, G241, G242, G243, G244, G245, G246,
  G247, G248, G249, G250, G251, G252, G253, G254, G255, G256, G257, G258, G259, G260, G261, G262, G263, G264, G265,
  G266, G267, G268, G269, G270, G271, G272, G273, G274, G275, G276, G277, G278, G279, G280, G281, G282, G283, G284,
  G285, G286, G287, G288, G289, G290, G291, G292, G293, G294, G295, G296, G297, G298, G299, G300, G301, G302, G303,
  G304, G305, G306, G307, G308, G309, G310, G311, G312, G313, G314, G315, G316, G317, G318, G319, G320, G321, G322,
  G323, G324, G325, G326, G327, G328, G329, G330, G331, G332, G333, G334, G335, G336, G337, G338, G339, G340, G341,
  G342, G343, G344, G345, G346, G347, G348, G349, G350, G351, G352, G353, G354, G355, G356, G357, G358, G359, G360,
  G361, G362, G363, G364, G365, G366, G367, G368, G369, G370, G371, G372, G373, G374, G375, G376, G377, G378, G379,
  G380, G381, G382, G383, G384, G385, G386, G387, G388, G389, G390, G391, G392, G393, G394, G395, G396, G397, G398,
  G399, G400, G401, G402, G403, G404, G405, G406, G407, G408, G409, G410, G411, G412, G413, G414, G415, G416, G417,
  G418, G419, G420, G421, G422, G423, G424, G425, G426, G427, G428, G429, G430, G431, G432, G433, G434, G435, G436,
  G437, G438, G439, G440, G441, G442, G443, G444, G445, G446, G447, G448, G449, G450, G451, G452, G453, G454, G455,
  G456, G457, G458, G459, G460, G461, G462, G463, G464, G465, G466, G467, G468, G469, G470, G471, G472, G473, G474,
  G475, G476, G477, G478, G479, G480, G481, G482, G483, G484, G485, G486, G487, G488, G489, G490, G491, G492, G493,
  G494, G495, G496, G497, G498, G499, G500, G501, G502, G503, G504, G505, G506, G507, G508, G509, G510, G511, G512,
  G513, G514, G515, G516, G517, G518, G519, G520, G521, G522, G523, G524, G525, G526, G527, G528, G529, G530, G531,
  G532, G533, G534, G535, G536, G537, G538, G539, G540, G541, G542, G543, G544, G545, G546, G547, G548, G549, G550,
  G551, G552, G553, G554, G555, G556, G557, G558, G559, G560, G561, G562, G563, G564, G565, G566, G567, G568, G569,
  G570, G571, G572, G573, G574, G575, G576, G577, G578, G579, G580, G581, G582, G583, G584, G585, G586, G587, G588,
  G589, G590, G591, G592, G593, G594, G595, G596, G597, G598, G599, G600, G601, G602, G603, G604, G605, G606, G607,
  G608, G609, G610, G611, G612, G613, G614, G615, G616, G617, G618, G619, G620, G621, G622, G623, G624, G625, G626,
  G627, G628, G629, G630, G631, G632, G633, G634, G635, G636, G637, G638, G639, G640, G641, G642, G643, G644, G645,
  G646, G647, G648, G649, G650, G651, G652, G653, G654, G655, G656, G657, G658, G659, G660, G661, G662, G663, G664,
  G665, G666, G667, G668, G669, G670, G671, G672, G673, G674, G675, G676, G677, G678, G679, G680, G681, G682, G683,
  G684, G685, G686, G687, G688, G689, G690, G691, G692, G693, G694, G695, G696, G697, G698, G699, G700, G701, G702,
  G703, G704, G705, G706, G707, G708, G709, G710, G711, G712, G713, G714, G715, G716, G717, G718, G719, G720, G721,
  G722, G723, G724, G725, G726, G727, G728, G729, G730, G731, G732, G733, G734, G735, G736, G737, G738, G739, G740,
  G741, G742, G743, G744, G745, G746, G747, G748, G749, G750, G751, G752, G753, G754, G755, G756, G757, G758, G759,
  G760, G761, G762, G763, G764, G765, G766, G767, G768, G769, G770, G771, G772, G773, G774, G775, G776, G777, G778,
  G779, G780, G781, G782, G783, G784, G785, G786, G787, G788, G789, G790, G791, G792, G793, G794, G795, G796, G797,
  G798, G799, G800, G801, G802, G803, G804, G805, G806, G807, G808, G809, G810, G811, G812, G813, G814, G815, G816,
  G817, G818, G819, G820, G821, G822, G823, G824, G825, G826, G827, G828, G829, G830, G831, G832, G833, G834, G835,
  G836, G837, G838, G839, G840, G841, G842, G843, G844, G845, G846, G847, G848, G849, G850, G851, G852, G853, G854,
  G855, G856, G857, G858, G859, G860, G861, G862, G863, G864, G865, G866, G867, G868, G869, G870, G871, G872, G873,
  G874, G875, G876, G877, G878, G879, G880, G881, G882, G883, G884, G885, G886, G887, G888, G889, G890, G891, G892,
  G893, G894, G895, G896, G897, G898, G899, G900, G901, G902, G903, G904, G905, G906, G907, G908, G909, G910, G911,
  G912, G913, G914, G915, G916, G917, G918, G919, G920, G921, G922, G923, G924, G925, G926, G927, G928, G929, G930,
  G931, G932, G933, G934, G935, G936, G937, G938, G939, G940, G941, G942, G943, G944, G945, G946, G947, G948, G949,
  G950, G951, G952, G953, G954, G955, G956, G957, G958, G959, G960, G961, G962, G963, G964, G965, G966, G967, G968,
  G969, G970, G971, G972, G973, G974, G975, G976, G977, G978, G979, G980, G981, G982, G983, G984, G985, G986, G987,
  G988, G989, G990, G991, G992, G993, G994, G995, G996, G997, G998, G999, G1000, G1001, G1002, G1003, G1004, G1005,
  G1006, G1007, G1008, G1009, G1010, G1011, G1012, G1013, G1014, G1015, G1016, G1017, G1018, G1019, G1020, G1021,
  G1022, G1023, G1024, G1025, G1026, G1027, G1028, G1029, G1030, G1031, G1032, G1033, G1034, G1035, G1036, G1037,
  G1038, G1039, G1040, G1041, G1042, G1043, G1044, G1045, G1046, G1047, G1048, G1049, G1050, G1051, G1052, G1053,
  G1054, G1055, G1056, G1057, G1058, G1059, G1060, G1061, G1062, G1063, G1064, G1065, G1066, G1067, G1068, G1069,
  G1070, G1071, G1072, G1073, G1074, G1075, G1076, G1077, G1078, G1079, G1080, G1081, G1082, G1083, G1084, G1085,
  G1086, G1087, G1088, G1089, G1090, G1091, G1092, G1093, G1094, G1095, G1096, G1097, G1098, G1099, G1100, G1101,
  G1102, G1103, G1104, G1105, G1106, G1107, G1108, G1109, G1110, G1111, G1112, G1113, G1114, G1115, G1116, G1117,
  G1118, G1119, G1120, G1121, G1122, G1123, G1124, G1125, G1126, G1127, G1128, G1129, G1130, G1131, G1132, G1133,
  G1134, G1135, G1136, G1137, G1138, G1139, G1140, G1141, G1142, G1143, G1144, G1145, G1146, G1147, G1148, G1149,
  G1150, G1151, G1152, G1153, G1154, G1155, G1156, G1157, G1158, G1159, G1160, G1161, G1162, G1163, G1164, G1165,
  G1166, G1167, G1168, G1169, G1170, G1171, G1172, G1173, G1174, G1175, G1176, G1177, G1178, G1179, G1180, G1181,
  G1182, G1183, G1184, G1185, G1186, G1187, G1188, G1189, G1190, G1191, G1192, G1193, G1194, G1195, G1196, G1197,
  G1198, G1199, G1200, G1201, G1202, G1203, G1204, G1205, G1206, G1207, G1208, G1209, G1210, G1211, G1212, G1213,
  G1214, G1215, G1216, G1217, G1218, G1219, G1220, G1221, G1222, G1223, G1224, G1225, G1226, G1227, G1228, G1229,
  G1230, G1231, G1232, G1233, G1234, G1235, G1236, G1237, G1238, G1239, G1240, G1241, G1242, G1243, G1244, G1245,
  G1246, G1247, G1248, G1249, G1250, G1251, G1252, G1253, G1254, G1255, G1256, G1257, G1258, G1259, G1260, G1261,
  G1262, G1263, G1264, G1265, G1266, G1267, G1268, G1269, G1270, G1271, G1272, G1273, G1274, G1275, G1276, G1277,
  G1278, G1279, G1280, G1281, G1282, G1283, G1284, G1285, G1286, G1287, G1288, G1289, G1290, G1291, G1292, G1293,
  G1294, G1295, G1296, G1297, G1298, G1299, G1300, G1301, G1302, G1303, G1304, G1305, G1306, G1307, G1308, G1309,
  G1310, G1311, G1312, G1313, G1314, G1315, G1316, G1317, G1318, G1319, G1320, G1321, G1322, G1323, G1324, G1325,
  G1326, G1327, G1328, G1329, G1330, G1331, G1332, G1333, G1334, G1335, G1336, G1337, G1338, G1339, G1340, G1341,
  G1342, G1343, G1344, G1345, G1346, G1347, G1348, G1349, G1350, G1351, G1352, G1353, G1354, G1355, G1356, G1357,
  G1358, G1359, G1360, G1361, G1362, G1363, G1364, G1365, G1366, G1367, G1368, G1369, G1370, G1371, G1372, G1373,
  G1374, G1375, G1376, G1377, G1378, G1379, G1380, G1381, G1382, G1383, G1384, G1385, G1386, G1387, G1388, G1389,
  G1390, G1391, G1392, G1393, G1394, G1395, G1396, G1397, G1398, G1399
}
G0, G1, G2 = 1
end end end end end end end end end end end end end end end end end end end end end end end end end end end
end end end end end end end end end end end end end end end end end end end end end end end end end end end
end end end end end end end end end end end end end end end end end end end end end end end end end end end
end end end end end end end end end end end end end end end end end end end end end end end end end end end
end end end end end end end end end end end end end end end end end end end end end end end end end end end
end end end end end end end end end end end end end end end end end end end end end end end end end end end
end end end end end end end end end end end end end end end end end end end end end end end end end end end
end
